-- The tables that the counts are asked of, straight from a simulated chain's files: what the loader
-- would have left of them.
CREATE TABLE nodes AS
WITH arriving AS (FROM read_parquet($stores)),
codes AS (
    SELECT 'HQ' AS code, 'head_office' AS kind, 0 AS level
    UNION ALL SELECT DISTINCT region_id, 'region', 1 FROM arriving
    UNION ALL SELECT DISTINCT branch_id, 'branch', 2 FROM arriving
    UNION ALL SELECT store_id, 'store', 3 FROM arriving
)
SELECT row_number() OVER (ORDER BY level, code)::INTEGER AS node_id, code, kind FROM codes;
CREATE TABLE store_nodes AS
WITH arriving AS (FROM read_parquet($stores))
SELECT nodes.node_id, stores.node_id AS store_id, DATE '0001-01-01' AS valid_from, DATE '9999-12-31' AS valid_to
FROM arriving
JOIN nodes AS stores ON stores.code = arriving.store_id
JOIN nodes ON nodes.code IN ('HQ', region_id, branch_id, arriving.store_id);
CREATE TABLE moved AS
SELECT node_id AS store_id, opened_on, closed_on
FROM read_parquet($stores) AS arriving
JOIN nodes ON nodes.code = arriving.store_id;
CREATE TABLE categories AS
WITH paths AS (SELECT DISTINCT unnest(string_split(category, ' > ')[1:1]) AS a, category FROM read_parquet($products)),
levels AS (
    SELECT DISTINCT array_to_string(string_split(category, ' > ')[1:depth], ' > ') AS code, depth::INTEGER AS depth
    FROM paths, range(1, 4) AS depths (depth)
    WHERE depth <= len(string_split(category, ' > '))
)
SELECT row_number() OVER (ORDER BY code)::INTEGER AS category_id, code, depth FROM levels;
CREATE TABLE category_nodes AS
SELECT above.category_id AS node_id, below.category_id
FROM categories AS above
JOIN categories AS below ON below.code = above.code OR starts_with(below.code, above.code || ' > ');
CREATE TABLE products AS
SELECT row_number() OVER ()::INTEGER AS product_id, arriving.product_id AS code, category_id, unit_rule, is_gift
FROM read_parquet($products) AS arriving
JOIN categories ON categories.code = arriving.category;
CREATE TABLE members AS
WITH families AS (
    SELECT member_id AS code, max(coalesce(birth_on, due_on)) AS youngest_on
    FROM read_parquet($children)
    GROUP BY ALL
)
SELECT
    row_number() OVER () AS member_id, arriving.member_id AS code, joined_on,
    nodes.node_id AS home_store_id, (youngest_on + to_months(72))::DATE AS graduates_on
FROM read_parquet($members) AS arriving
LEFT JOIN families ON families.code = arriving.member_id
LEFT JOIN nodes ON nodes.code = home_store_id;
CREATE TABLE order_lines AS
SELECT
    order_id AS ticket_id, sold_at::DATE AS business_on, nodes.node_id AS store_id, members.member_id,
    channel, products.product_id, quantity, is_gift,
    units_of(unit_rule, is_gift, quantity) AS units, net_cents
FROM read_parquet($lines) AS arriving
JOIN nodes ON nodes.code = arriving.store_id
JOIN products ON products.code = arriving.product_id
LEFT JOIN members ON members.code = arriving.member_id;
UPDATE members SET joined_on = first_on
FROM (SELECT member_id, min(business_on) AS first_on FROM order_lines GROUP BY ALL) AS firsts
WHERE firsts.member_id = members.member_id AND first_on < joined_on;
CREATE TABLE tickets AS
WITH heads AS (
    SELECT
        ticket_id, any_value(business_on) AS business_on, any_value(store_id) AS store_id,
        any_value(member_id) AS member_id, any_value(channel) AS channel,
        bool_or(quantity >= 0) AS is_purchase, sum(units)::INTEGER AS units,
        count(DISTINCT product_id) FILTER (quantity >= 0 AND NOT is_gift) AS sku_count,
        sum(net_cents)::BIGINT AS net_cents
    FROM order_lines
    GROUP BY ticket_id
)
SELECT
    heads.*, joined_on, home_store_id, graduates_on,
    max(CASE WHEN is_purchase THEN business_on END) OVER (
        PARTITION BY heads.member_id ORDER BY business_on, ticket_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS prev_on
FROM heads
LEFT JOIN members USING (member_id);
