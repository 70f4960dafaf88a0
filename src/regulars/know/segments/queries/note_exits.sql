-- Who was in it, and meets its text no longer?
INSERT INTO segment_changes
SELECT $change_id, $segment, member_id, FALSE, $day
FROM segment_members
ANTI JOIN meeting USING (member_id)
WHERE segment_id = $segment;
