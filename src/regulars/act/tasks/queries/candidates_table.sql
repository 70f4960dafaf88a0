-- Where this morning's candidates of all plays stand, in memory.
CREATE OR REPLACE TABLE desk.tasks_candidates (
    play_id BIGINT, member_id BIGINT, store_id BIGINT, value_cents BIGINT
)
