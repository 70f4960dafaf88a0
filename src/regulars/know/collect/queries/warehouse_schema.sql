-- What the loader leaves behind in one transaction with the facts, until it is drained to Postgres.
CREATE TABLE IF NOT EXISTS loaded_batches (
    batch_id UUID,
    loaded_at TIMESTAMPTZ,
    row_count BIGINT,
    reject_count BIGINT
);
CREATE TABLE IF NOT EXISTS batch_rejects (
    batch_id UUID,
    line_no BIGINT,
    step VARCHAR,
    "column" VARCHAR,
    reason VARCHAR,
    value VARCHAR,
    record JSON
);
CREATE TABLE IF NOT EXISTS outbox (
    outbox_id UUID,
    batch_id UUID,
    topic VARCHAR,
    payload JSON
);
CREATE TABLE IF NOT EXISTS touched_members (member_id BIGINT);
-- Whose facts changed, for whatever is worked out a member: it takes what stands here up to a change,
-- and clears it when it is done. A member may stand here many times.
CREATE SEQUENCE IF NOT EXISTS changes;
CREATE TABLE IF NOT EXISTS changed_members (
    member_id BIGINT, change_id BIGINT DEFAULT nextval('changes')
);
CREATE TABLE IF NOT EXISTS freshness AS
    SELECT 0::BIGINT AS version, now() AS as_of;
