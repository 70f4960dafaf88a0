-- The basket lines, in order of time.
SELECT
    order_id,
    sold_at,
    store_id,
    member_id,
    'store' AS channel,
    product_id,
    quantity,
    net_cents,
    net_cents + chain_cents AS list_cents,
    chain_cents AS discount_chain_cents,
    supplier_cents AS discount_supplier_cents
FROM bought
ORDER BY sold_at, order_id, product_id
