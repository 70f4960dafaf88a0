-- Beside the wide tables, one a subject, whose columns are the definitions': where the groups of a rank
-- begin (place 0: the whole chain), what staff said, and what the wide tables stand on.
CREATE TABLE IF NOT EXISTS tag_cuts (subject VARCHAR, code VARCHAR, place BIGINT, cuts DOUBLE[]);
CREATE TABLE IF NOT EXISTS tag_values (
    subject VARCHAR, code VARCHAR, owner_id BIGINT, value VARCHAR, written_at TIMESTAMPTZ
);
CREATE TABLE IF NOT EXISTS tag_states (
    subject VARCHAR, definitions VARCHAR, as_of DATE, computed_at TIMESTAMPTZ
);
