-- Where does each order belong, and what becomes of it?
-- new: never seen. replace: a later version. append: more lines of an order that this same import
-- began (an order may span two batches, a mended line may come back). ignore: known already.
CREATE OR REPLACE TEMP TABLE placed AS
SELECT
    heads.*,
    (sold_at - to_hours($cutoff_hours))::DATE AS business_on,
    stores.store_id,
    buyers.member_id,
    staff.staff_id,
    coalesce(
        known.ticket_id,
        (SELECT coalesce(max(ticket_id), 0) FROM order_keys) + row_number() OVER (ORDER BY sold_at)
    ) AS ticket_id,
    CASE
        WHEN stores.store_id IS NULL THEN 'unknown_store'
        WHEN member_code IS NOT NULL AND buyers.member_id IS NULL THEN 'unknown_member'
    END AS fault,
    CASE
        WHEN known.ticket_id IS NULL THEN 'new'
        WHEN heads.version > known.version THEN 'replace'
        WHEN heads.version = known.version AND known.import_id = $import_id THEN 'append'
        ELSE 'ignore'
    END AS fate
FROM heads
LEFT JOIN known USING (order_no)
LEFT JOIN stores ON stores.code = store_code
LEFT JOIN buyers ON buyers.code = member_code
LEFT JOIN staff ON staff.code = staff_code;
