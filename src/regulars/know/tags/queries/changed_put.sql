-- The members that changed come back with their new tags.
INSERT INTO member_tags_counted BY NAME
FROM staged_tags;
