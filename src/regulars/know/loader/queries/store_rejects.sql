-- Rejects into quarantine, once each. (Postgres)
INSERT INTO collect_reject (batch_id, line_no, step, "column", reason, value, record, state)
SELECT batch_id::uuid, line_no, step, "column", reason, coalesce(value, ''), record::jsonb, 'open'
FROM arriving_rejects
ON CONFLICT DO NOTHING;
