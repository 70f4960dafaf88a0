-- This was told.
DELETE FROM segment_outbox
WHERE change_id = $change_id;
