-- And so do their lines.
UPDATE order_lines
SET member_id = following.member_id
FROM following
WHERE following.ticket_id = order_lines.ticket_id;
