-- The organisation in the warehouse: whole tables, replaced when anything changes.
-- Open ends are 0001-01-01 and 9999-12-31; valid_to is the first day on which it no longer holds.
CREATE TABLE IF NOT EXISTS nodes (
    node_id INTEGER, code VARCHAR, name VARCHAR, kind VARCHAR, parent_id INTEGER
);
-- Which stores hang below a node, and when: for every node, the store itself and head office too.
CREATE TABLE IF NOT EXISTS store_nodes (
    node_id INTEGER, store_id INTEGER, valid_from DATE, valid_to DATE
);
CREATE TABLE IF NOT EXISTS stores (
    store_id INTEGER, code VARCHAR, name VARCHAR, format VARCHAR, area_m2 INTEGER,
    opened_on DATE, closed_on DATE
);
CREATE TABLE IF NOT EXISTS staff (staff_id INTEGER, code VARCHAR, name VARCHAR);
CREATE TABLE IF NOT EXISTS positions (
    staff_id INTEGER, node_id INTEGER, kind VARCHAR, valid_from DATE, valid_to DATE
);
