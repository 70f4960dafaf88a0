-- Rows that Postgres refused: what they refer to does not exist, or they contradict each other.
INSERT INTO batch_rejects BY NAME
SELECT
    arriving.batch_id,
    refused.line_no,
    'resolve' AS step,
    refused."column",
    refused.reason,
    refused.value,
    to_json(arriving) AS record
FROM refused
JOIN arriving USING (line_no);
