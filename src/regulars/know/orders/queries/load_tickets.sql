-- One row a ticket, from its head.
INSERT INTO tickets BY NAME
SELECT
    ticket_id,
    order_no,
    version,
    $import_id AS import_id,
    $source AS source,
    business_on,
    sold_at,
    store_id,
    member_id,
    named_member_id,
    staff_id,
    channel,
    original_order_no,
    is_purchase,
    units,
    sku_count,
    net_cents
FROM placed
WHERE fault IS NULL AND fate IN ('new', 'replace');
