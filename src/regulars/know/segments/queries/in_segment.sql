-- Who is in a segment now?
SELECT member_id
FROM segment_members
WHERE segment_id = $id;
