-- Whoever left is in it no longer.
DELETE FROM segment_members
WHERE
    segment_id = $segment
    AND member_id IN (SELECT member_id FROM segment_changes WHERE change_id = $change_id AND NOT is_entry);
