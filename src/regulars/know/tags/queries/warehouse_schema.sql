-- Beside the wide tables, one a subject, whose columns are the definitions': where the groups of a rank
-- begin (place 0: the whole chain), all that staff said, and what the wide tables stand on.
CREATE TABLE IF NOT EXISTS tag_cuts (subject VARCHAR, code VARCHAR, place BIGINT, cuts DOUBLE[]);
CREATE TABLE IF NOT EXISTS manual_values (
    value_id BIGINT, subject VARCHAR, code VARCHAR, owner_id BIGINT, value VARCHAR, set_on DATE
);
CREATE TABLE IF NOT EXISTS tag_states (
    subject VARCHAR, definitions VARCHAR, as_of DATE, computed_at TIMESTAMPTZ
);
