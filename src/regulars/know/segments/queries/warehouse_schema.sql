-- Who is in which segment now, who entered and left when, and what is yet to be told of it.
CREATE TABLE IF NOT EXISTS segment_members (segment_id BIGINT, member_id BIGINT);
CREATE TABLE IF NOT EXISTS segment_changes (
    change_id UUID, segment_id BIGINT, member_id BIGINT, is_entry BOOLEAN, changed_on DATE
);
CREATE TABLE IF NOT EXISTS segment_outbox (
    change_id UUID, segment_id BIGINT, entered BIGINT, "left" BIGINT, size BIGINT, changed_on DATE
);
