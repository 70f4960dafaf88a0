-- Orders in the warehouse: lines, one row a ticket, and daily stock. A ticket's `order_no`, `version`
-- and `import_id` keep an order from coming twice. `prev_on` chains a member's purchases: the day of
-- the one before this ticket. Of the purchases within any days a member's first is the one whose
-- `prev_on` is null or earlier than these days, so members are counted without making them distinct.
CREATE TABLE IF NOT EXISTS order_lines (
    ticket_id BIGINT,
    business_on DATE,
    store_id INTEGER,
    member_id BIGINT,
    channel VARCHAR,
    product_id INTEGER,
    quantity DECIMAL(14, 3),
    units INTEGER,
    net_cents BIGINT,
    list_cents BIGINT,
    discount_chain_cents BIGINT,
    discount_brand_cents BIGINT,
    discount_supplier_cents BIGINT,
    points_cents BIGINT,
    stored_value_cents BIGINT,
    cost_cents BIGINT
);
CREATE TABLE IF NOT EXISTS tickets (
    ticket_id BIGINT,
    order_no VARCHAR,
    version INTEGER,
    import_id BIGINT,
    source VARCHAR,
    business_on DATE,
    sold_at TIMESTAMPTZ,
    store_id INTEGER,
    member_id BIGINT,
    staff_id INTEGER,
    channel VARCHAR,
    original_order_no VARCHAR,
    is_purchase BOOLEAN,
    units INTEGER,
    sku_count INTEGER,
    net_cents BIGINT,
    prev_on DATE,
    joined_on DATE,
    home_store_id INTEGER,
    graduates_on DATE
);
-- Whom the order named, where that member goes on as another one since.
ALTER TABLE tickets ADD COLUMN IF NOT EXISTS named_member_id BIGINT;
CREATE TABLE IF NOT EXISTS stock (
    stock_on DATE,
    store_id INTEGER,
    product_id INTEGER,
    quantity DECIMAL(14, 3)
);
