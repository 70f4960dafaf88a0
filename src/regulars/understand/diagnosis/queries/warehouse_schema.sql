-- What each store sold in past months, by part of the base and by category, and what each part of
-- the whole chain had in its baskets: counted once a month.
CREATE TABLE IF NOT EXISTS diagnosis_places (
    first_on DATE, last_on DATE, store_id INTEGER, part VARCHAR,
    members BIGINT, buyers BIGINT, tickets BIGINT, net_cents BIGINT
);
CREATE TABLE IF NOT EXISTS diagnosis_goods (
    first_on DATE, last_on DATE, store_id INTEGER, category_id INTEGER,
    lines BIGINT, units BIGINT, net_cents BIGINT
);
CREATE TABLE IF NOT EXISTS diagnosis_baskets (
    first_on DATE, last_on DATE, part VARCHAR, category_id INTEGER, lines BIGINT
);
