-- A later version takes the place of the earlier one.
DELETE FROM order_lines
WHERE ticket_id IN (SELECT ticket_id FROM placed WHERE fault IS NULL AND fate = 'replace');
