-- What did one unit of these goods last sell for, before discounts: in a store, else in the chain?
WITH sold AS (
    SELECT
        product_id,
        store_id = $store AS is_here,
        business_on,
        ticket_id,
        net_cents + coalesce(discount_chain_cents, 0) + coalesce(discount_brand_cents, 0)
            + coalesce(discount_supplier_cents, 0) AS gross_cents,
        quantity
    FROM order_lines
    WHERE
        business_on > $since
        AND list_contains($products::INTEGER[], product_id)
        AND quantity > 0 AND net_cents > 0
)
SELECT
    product_id,
    arg_max(
        round(gross_cents / quantity)::BIGINT, {'h': is_here, 'd': business_on, 't': ticket_id}
    ) AS price_cents
FROM sold
GROUP BY product_id;
