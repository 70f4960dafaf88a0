-- Every touched member is settled.
DELETE FROM touched_members;
