-- The stages of a part of the members: of those alone whose child is not confirmed.
INSERT INTO model_stage_next
SELECT member_id, stage, confidence
FROM inferred_stages($day::DATE, $within, $half_life, $doubt, $part, $parts)
WHERE member_id NOT IN (SELECT member_id FROM members WHERE has_child_on_file);
