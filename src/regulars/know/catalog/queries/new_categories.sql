-- Which categories of one depth (1 = top) are new? Each hangs under its path one level shorter.
INSERT INTO catalog_category (code, name, parent_id, depth)
SELECT DISTINCT array_to_string(p.levels[:%(depth)s], %(separator)s), p.levels[%(depth)s],
       parent.id, %(depth)s
FROM paths_given AS p
LEFT JOIN catalog_category AS parent
    ON parent.code = array_to_string(p.levels[:%(depth)s - 1], %(separator)s)
WHERE cardinality(p.levels) >= %(depth)s
ON CONFLICT (code) DO NOTHING
