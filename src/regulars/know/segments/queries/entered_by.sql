-- Who entered a segment with this change?
SELECT DISTINCT member_id FROM segment_changes WHERE change_id = $change AND is_entry
