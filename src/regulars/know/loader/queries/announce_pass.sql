-- What the other rooms will hear of a pass of events.
INSERT INTO outbox
SELECT $outbox_id, $batch_id, 'events.loaded', $payload;
