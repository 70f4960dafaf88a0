-- Which columns has a view, and of what types?
SELECT column_name AS name, data_type AS type
FROM duckdb_columns()
WHERE table_name = $view;
