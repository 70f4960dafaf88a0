-- A step's times join those of its minute. (Postgres)
INSERT INTO loader_step_minute AS known (minute_at, step, count, seconds, worst_seconds)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (minute_at, step) DO UPDATE SET
    count = known.count + excluded.count,
    seconds = known.seconds + excluded.seconds,
    worst_seconds = greatest(known.worst_seconds, excluded.worst_seconds)
