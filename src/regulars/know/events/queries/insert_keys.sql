-- What has come is remembered for the window of deduplication.
INSERT INTO event_keys
SELECT event_key, received_at::DATE
FROM desk.arriving_events
WHERE rowid IN (SELECT row_id FROM desk.arriving_new);
