-- These changes are taken up; what came meanwhile stays.
DELETE FROM changed_members
WHERE change_id <= $change;
