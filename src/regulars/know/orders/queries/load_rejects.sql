-- What could not go in, and why: a column that makes no sense, goods nobody knows, an order whose
-- store or member nobody knows.
INSERT INTO batch_rejects BY NAME
WITH faults AS (
    SELECT
        arriving.*,
        CASE
            WHEN arriving.fault IS NOT NULL THEN arriving.fault
            WHEN products.product_id IS NULL THEN concat_ws(chr(9), 'product_id', 'unknown_product', arriving.product_id)
            WHEN placed.fault = 'unknown_store' THEN concat_ws(chr(9), 'store_id', placed.fault, arriving.store_id)
            WHEN placed.fault = 'unknown_member' THEN concat_ws(chr(9), 'member_id', placed.fault, arriving.member_id)
        END AS what
    FROM arriving
    LEFT JOIN products ON products.code = arriving.product_id
    LEFT JOIN placed ON placed.order_no = arriving.order_id
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
