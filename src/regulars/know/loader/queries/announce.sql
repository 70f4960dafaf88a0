-- What the other rooms will hear.
INSERT INTO outbox
SELECT
    $outbox_id,
    $batch_id,
    'batch.loaded',
    json_object('batch_id', $batch_id, 'kind', $kind, 'import_id', $import_id);
