-- Who works where as what, and when; an open end is the year 9999.
SELECT staff_id, node_id, kind, valid_from, coalesce(valid_to, DATE '9999-12-31')
FROM org_position ORDER BY id
