-- What the other rooms will hear.
INSERT INTO outbox
VALUES ($outbox_id, $batch_id, $topic, $payload);
