-- Which category paths does a products file name, level by level?
INSERT INTO paths_given (category, levels)
SELECT category, ARRAY(
    SELECT btrim(level) FROM unnest(string_to_array(category, '>')) WITH ORDINALITY AS l(level, n)
    ORDER BY n
)
FROM (SELECT DISTINCT category FROM given) AS named
