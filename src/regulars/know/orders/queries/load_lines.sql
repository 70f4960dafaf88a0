-- The good lines of the orders that go in.
INSERT INTO order_lines BY NAME
SELECT
    ticket_id,
    business_on,
    placed.store_id,
    placed.member_id,
    placed.channel,
    products.product_id,
    quantity,
    units_of(unit_rule, is_gift, quantity) AS units,
    arriving.net_cents,
    list_cents,
    discount_chain_cents,
    discount_brand_cents,
    discount_supplier_cents,
    points_cents,
    stored_value_cents,
    arriving.cost_cents
FROM arriving
JOIN placed ON placed.order_no = arriving.order_id AND placed.fault IS NULL AND fate <> 'ignore'
JOIN products ON products.code = arriving.product_id
WHERE arriving.fault IS NULL;
