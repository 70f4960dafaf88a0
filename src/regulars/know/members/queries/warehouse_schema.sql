-- Members in the warehouse: the rows of a member are replaced when she changes.
-- graduates_on: the day her youngest child leaves the chain's age range, null without children.
-- joined_on: the recorded day, or that of the first purchase where this is earlier.
-- has_child_on_file: a confirmed date of birth or due date.
CREATE TABLE IF NOT EXISTS members (
    member_id BIGINT, code VARCHAR, joined_on DATE, recorded_joined_on DATE, home_store_id INTEGER, join_store_id INTEGER,
    join_channel VARCHAR, level VARCHAR, graduates_on DATE, is_phone_verified BOOLEAN,
    has_child_on_file BOOLEAN
);
-- merged_members: who goes on as another member. Orders that name her are the other one's.
CREATE TABLE IF NOT EXISTS merged_members (
    member_id BIGINT, code VARCHAR, kept_member_id BIGINT
);
CREATE TABLE IF NOT EXISTS children (
    member_id BIGINT, birth_on DATE, due_on DATE, is_confirmed BOOLEAN
);
