-- Which store with a manager and a consultant sells most to its own members, and who are they?
SELECT
    tickets.store_id,
    any_value(managers.staff_id) AS manager_id,
    any_value(consultants.staff_id) AS consultant_id
FROM tickets
JOIN positions AS managers ON managers.node_id = store_id AND managers.kind = 'store_manager'
JOIN positions AS consultants ON consultants.node_id = store_id AND consultants.kind = 'consultant'
WHERE
    home_store_id = store_id
    AND coalesce(managers.valid_to, DATE '9999-12-31') > $today AND managers.valid_from <= $today
    AND coalesce(consultants.valid_to, DATE '9999-12-31') > $today AND consultants.valid_from <= $today
GROUP BY store_id
ORDER BY sum(net_cents) DESC
LIMIT 1;
