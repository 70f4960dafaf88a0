-- Which lines of a products file cannot stand as they are?
WITH paths AS (
    SELECT category, string_to_array(category, '>') AS parts
    FROM (SELECT DISTINCT category FROM given) AS named
), wrong_paths AS (
    SELECT category, 'too_many_levels' AS reason FROM paths WHERE cardinality(parts) > %(levels)s
    UNION ALL
    SELECT category, 'empty_level'
    FROM paths WHERE EXISTS (SELECT FROM unnest(parts) AS part WHERE btrim(part) = '')
       OR cardinality(parts) = 0
)
INSERT INTO rejected
SELECT line_no, 'category', reason, category FROM given JOIN wrong_paths USING (category)
UNION ALL
SELECT line_no, 'unit_rule', 'unknown_unit_rule', unit_rule
FROM given WHERE unit_rule <> ALL (%(unit_rules)s)
UNION ALL
SELECT line_no, 'replenish_days', 'out_of_range', replenish_days::text
FROM given WHERE replenish_days NOT BETWEEN 0 AND 2147483647
UNION ALL
SELECT line_no, 'pack_content', 'out_of_range', pack_content::text
FROM given WHERE pack_content NOT BETWEEN 0 AND 2147483647
