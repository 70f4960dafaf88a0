-- Whoever did something now does not stand among the idle any more.
DELETE FROM member_tags_idle
WHERE member_id IN (SELECT member_id FROM changed_members WHERE change_id <= $change);
