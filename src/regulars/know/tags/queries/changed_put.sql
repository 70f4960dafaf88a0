-- The members that changed come back with their new tags.
INSERT INTO member_tags BY NAME
FROM staged_tags;
