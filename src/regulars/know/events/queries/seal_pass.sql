-- The batches of this pass are in: their ids stand with their events.
INSERT INTO loaded_batches
SELECT
    bodies.batch_id,
    now(),
    (SELECT count(*) FROM desk.arriving_events AS e WHERE e.batch_id = bodies.batch_id),
    (SELECT count(*) FROM batch_rejects AS r WHERE r.batch_id = bodies.batch_id)
FROM desk.arriving_bodies AS bodies;
