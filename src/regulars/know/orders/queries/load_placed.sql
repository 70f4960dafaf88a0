-- Where does each order belong, and what becomes of it?
-- new: never seen. replace: a later version. append: more lines of an order that this same import
-- began (an order may span two batches, a mended line may come back). ignore: known already.
CREATE OR REPLACE TEMP TABLE placed AS
SELECT
    heads.*,
    buyers.member_id,
    buyers.named_member_id,
    coalesce(
        known.ticket_id,
        (SELECT coalesce(max(ticket_id), 0) FROM tickets) + row_number() OVER ()
    ) AS ticket_id,
    CASE
        WHEN store_id IS NULL THEN 'unknown_store'
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
LEFT JOIN buyers ON buyers.code = member_code;
