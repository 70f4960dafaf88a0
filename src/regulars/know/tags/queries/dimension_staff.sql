-- Who served.
SELECT staff_id, code AS staff, name AS staff_name
FROM staff;
