-- Stock rows that could not go in, and why.
INSERT INTO batch_rejects BY NAME
WITH faults AS (
    SELECT
        arriving.*,
        CASE
            WHEN arriving.fault IS NOT NULL THEN arriving.fault
            WHEN stores.store_id IS NULL THEN concat_ws(chr(9), 'store_id', 'unknown_store', arriving.store_id)
            WHEN products.product_id IS NULL THEN concat_ws(chr(9), 'product_id', 'unknown_product', arriving.product_id)
        END AS what
    FROM arriving
    LEFT JOIN stores ON stores.code = arriving.store_id
    LEFT JOIN products ON products.code = arriving.product_id
)
SELECT
    batch_id,
    line_no,
    CASE WHEN fault IS NULL THEN 'resolve' ELSE 'decode' END AS step,
    split_part(what, chr(9), 1) AS "column",
    split_part(what, chr(9), 2) AS reason,
    split_part(what, chr(9), 3) AS value,
    to_json(faults) AS record
FROM faults
WHERE what IS NOT NULL;
