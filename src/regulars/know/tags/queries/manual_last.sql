-- Up to which of the values that staff wrote are they here?
SELECT coalesce(max(value_id), 0) AS last
FROM manual_values;
