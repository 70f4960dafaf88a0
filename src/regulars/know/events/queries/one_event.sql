-- One event by its key.
SELECT * FROM events WHERE event_key = TRY_CAST($key AS UHUGEINT)
