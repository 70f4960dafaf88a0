-- What models write: a table a model, a row a member (and category), made anew at every fit; and what
-- they look up: how much a child uses a day, which ages goods speak of, where stages begin.
CREATE TABLE IF NOT EXISTS model_lifetime (
    member_id BIGINT, alive DOUBLE, purchases DOUBLE, value BIGINT
);
CREATE TABLE IF NOT EXISTS model_next_purchase (
    member_id BIGINT, category VARCHAR, due_on DATE, basis VARCHAR
);
CREATE TABLE IF NOT EXISTS model_stage (member_id BIGINT, stage VARCHAR, confidence DOUBLE);
CREATE TABLE IF NOT EXISTS model_daily_use (
    need VARCHAR, from_month DOUBLE, a_day DOUBLE, used_before DOUBLE
);
CREATE TABLE IF NOT EXISTS model_evidence (product_id INTEGER, from_month DOUBLE, to_month DOUBLE);
CREATE TABLE IF NOT EXISTS model_stages (stage VARCHAR, from_month DOUBLE, to_month DOUBLE);
