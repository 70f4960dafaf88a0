-- The catalogue in the warehouse: whole tables, replaced when anything changes.
CREATE TABLE IF NOT EXISTS categories (
    category_id INTEGER, code VARCHAR, name VARCHAR, parent_id INTEGER, depth SMALLINT
);
-- Which categories lie below a category (node_id), itself among them.
CREATE TABLE IF NOT EXISTS category_nodes (node_id INTEGER, category_id INTEGER);
CREATE TABLE IF NOT EXISTS brands (brand_id INTEGER, code VARCHAR, name VARCHAR);
-- unit_rule: 'units' counts the quantity, 'one' counts a line as one unit.
CREATE TABLE IF NOT EXISTS products (
    product_id INTEGER, code VARCHAR, name VARCHAR, category_id INTEGER, brand_id INTEGER,
    unit_rule VARCHAR, is_gift BOOLEAN, replenish_days INTEGER, pack_content INTEGER
);
