-- What orders are in this batch, and what do their good lines add up to? A naive moment is the
-- chain's own, so that its business date needs no time zone.
CREATE OR REPLACE TEMP TABLE heads AS
SELECT
    order_id AS order_no,
    any_value(sold_at)::TIMESTAMPTZ AS sold_at,
    (any_value(sold_at) - to_hours($cutoff_hours))::DATE AS business_on,
    any_value(store) AS store_id,
    any_value(member_id) AS member_code,
    any_value(staff) AS staff_id,
    coalesce(any_value(channel), 'store') AS channel,
    coalesce(max(version), 0)::INTEGER AS version,
    any_value(original_order_id) AS original_order_no,
    bool_or(quantity >= 0) AS is_purchase,
    sum(units_of(unit_rule, is_gift, quantity))::INTEGER AS units,
    coalesce(list_unique(list(goods) FILTER (quantity >= 0 AND NOT is_gift)), 0)::INTEGER AS sku_count,
    sum(net_cents)::BIGINT AS net_cents,
    count(*) AS line_count
FROM (
    SELECT
        arriving.*,
        products.product_id AS goods,
        unit_rule,
        is_gift,
        stores.store_id AS store,
        staff.staff_id AS staff
    FROM arriving
    JOIN products ON products.code = arriving.product_id
    LEFT JOIN stores ON stores.code = arriving.store_id
    LEFT JOIN staff ON staff.code = arriving.staff_id
    WHERE fault IS NULL
)
GROUP BY order_id;
