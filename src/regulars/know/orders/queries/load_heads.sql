-- What orders are in this batch, and what do their good lines add up to?
CREATE OR REPLACE TEMP TABLE heads AS
SELECT
    order_id AS order_no,
    any_value(sold_at)::TIMESTAMPTZ AS sold_at,
    any_value(arriving.store_id) AS store_code,
    any_value(member_id) AS member_code,
    any_value(staff_id) AS staff_code,
    coalesce(any_value(channel), 'store') AS channel,
    coalesce(max(version), 0)::INTEGER AS version,
    any_value(original_order_id) AS original_order_no,
    bool_or(quantity >= 0) AS is_purchase,
    sum(units_of(unit_rule, is_gift, quantity))::INTEGER AS units,
    len(list_distinct(list(product_id) FILTER (quantity >= 0 AND NOT is_gift)))::INTEGER AS sku_count,
    sum(net_cents)::BIGINT AS net_cents,
    count(*) AS line_count
FROM (
    SELECT arriving.* EXCLUDE (product_id), products.product_id, unit_rule, is_gift
    FROM arriving
    JOIN products ON products.code = arriving.product_id
    WHERE fault IS NULL
) AS arriving
GROUP BY order_id;
