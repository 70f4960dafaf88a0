-- Who of these is in a segment?
SELECT t.member_id
FROM segment_members AS t
WHERE t.segment_id = $segment AND list_contains($ids::BIGINT[], t.member_id)
ORDER BY t.member_id;
