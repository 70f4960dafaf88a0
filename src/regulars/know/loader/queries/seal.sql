-- The batch is in: its id stands with its facts.
INSERT INTO loaded_batches
SELECT
    $batch_id,
    now(),
    $row_count,
    (SELECT count(DISTINCT line_no) FROM batch_rejects WHERE batch_id = $batch_id);
