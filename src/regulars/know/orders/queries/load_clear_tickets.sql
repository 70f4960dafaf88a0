-- Tickets that are about to be written anew.
DELETE FROM tickets
WHERE ticket_id IN (SELECT ticket_id FROM placed WHERE fault IS NULL AND fate IN ('replace', 'append'));
