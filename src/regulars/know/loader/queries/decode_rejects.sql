-- Rows in which a column makes no sense.
INSERT INTO batch_rejects BY NAME
SELECT
    batch_id,
    line_no,
    'decode' AS step,
    split_part(fault, chr(9), 1) AS "column",
    split_part(fault, chr(9), 2) AS reason,
    split_part(fault, chr(9), 3) AS value,
    to_json(arriving) AS record
FROM arriving
WHERE fault IS NOT NULL;
