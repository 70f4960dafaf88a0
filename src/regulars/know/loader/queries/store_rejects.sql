-- Rejects into quarantine, once each; what JSON escapes as NUL, Postgres would refuse. (Postgres)
INSERT INTO collect_reject (batch_id, line_no, step, "column", reason, value, record, state)
SELECT batch_id::uuid, line_no, step, "column", reason, coalesce(value, ''),
    regexp_replace(record, '(?<!\\)((\\\\)*)\\u0000', '\1\\ufffd', 'g')::jsonb,
    'open'
FROM arriving_rejects
ON CONFLICT DO NOTHING;
