-- Whoever entered is in it.
INSERT INTO segment_members
SELECT segment_id, member_id
FROM segment_changes
WHERE change_id = $change_id AND is_entry;
