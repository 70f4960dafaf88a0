-- In Postgres: what did staff write after that one?
SELECT v.id, d.subject, d.code, v.owner_id, v.value, v.set_on, v.value IS NULL AND v.set_by_id IS NULL
FROM tags_manual_value AS v JOIN tags_definition AS d ON d.id = v.definition_id
WHERE v.id > %(after)s
ORDER BY v.id
