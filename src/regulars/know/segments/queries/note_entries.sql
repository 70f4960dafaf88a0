-- Who meets the segment's text now, and was not in it?
INSERT INTO segment_changes
SELECT $change_id, $segment, member_id, TRUE, $day
FROM meeting
ANTI JOIN (SELECT member_id FROM segment_members WHERE segment_id = $segment) USING (member_id);
