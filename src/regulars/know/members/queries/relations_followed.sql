-- Which relations on record end, because the file tells who came next?
UPDATE members_relation AS r SET valid_to = s.valid_to
FROM spells AS s
WHERE r.id = s.relation_id AND s.line_no IS NULL AND r.valid_to IS DISTINCT FROM s.valid_to
