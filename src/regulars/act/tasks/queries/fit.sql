-- Who of those here fits which of the roles that are asked for, in which order? Whoever has the role;
-- a manager also serves where a consultant is meant, after the consultants; everybody where nobody fits.
INSERT INTO tasks_fit (store_id, staff_id, role, place)
WITH roles AS (
    SELECT DISTINCT role FROM tasks_wanted
), placed AS (
    SELECT people.store_id, people.staff_id, roles.role, CASE
        WHEN roles.role = '' OR roles.role = ANY (people.kinds) THEN 0
        WHEN roles.role = 'consultant' AND 'store_manager' = ANY (people.kinds) THEN 1 END AS place
    FROM tasks_people AS people CROSS JOIN roles
    WHERE people.store_id IN (SELECT store_id FROM tasks_chosen)
), counted AS (
    SELECT *, count(place) OVER (PARTITION BY store_id, role) AS fitting FROM placed
)
SELECT store_id, staff_id, role, coalesce(place, 2) FROM counted WHERE place IS NOT NULL OR fitting = 0
