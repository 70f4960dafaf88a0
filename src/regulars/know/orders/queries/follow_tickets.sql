-- They follow; whom the order named stays with them.
UPDATE tickets
SET
    member_id = following.member_id,
    named_member_id = CASE WHEN named <> following.member_id THEN named END
FROM following
WHERE following.ticket_id = tickets.ticket_id;
