-- Who gets which of the chosen: her own consultant, where he is here and has room, by value; the
-- others by load, whoever has least first; what is over stays with nobody.
INSERT INTO tasks_staffed (row_no, staff_id)
WITH own AS (
    SELECT c.row_no, c.store_id, p.staff_id, p.room,
           p.load + row_number() OVER (PARTITION BY c.store_id, p.staff_id ORDER BY c.row_no) AS slot
    FROM tasks_chosen AS c
    JOIN members_relation AS r
        ON r.member_id = c.member_id AND r.valid_from <= %(day)s
       AND (r.valid_to IS NULL OR r.valid_to > %(day)s)
    JOIN tasks_people AS p ON p.store_id = c.store_id AND p.staff_id = r.staff_id
    WHERE c.staff_id IS NULL
), fitting AS (
    SELECT * FROM own WHERE slot <= room
), taken AS (
    SELECT store_id, staff_id, count(*) AS more FROM fitting GROUP BY store_id, staff_id
), slots AS (
    SELECT p.store_id, p.staff_id,
           row_number() OVER (PARTITION BY p.store_id ORDER BY slot, p.staff_id) AS place
    FROM tasks_people AS p
    LEFT JOIN taken USING (store_id, staff_id)
    CROSS JOIN LATERAL generate_series(p.load + coalesce(taken.more, 0) + 1, p.room) AS slot
), others AS (
    SELECT c.row_no, c.store_id,
           row_number() OVER (PARTITION BY c.store_id ORDER BY c.row_no) AS place
    FROM tasks_chosen AS c
    LEFT JOIN fitting USING (row_no)
    WHERE fitting.row_no IS NULL AND c.staff_id IS NULL
)
SELECT row_no, staff_id FROM tasks_chosen WHERE staff_id IS NOT NULL
UNION ALL
SELECT row_no, staff_id FROM fitting
UNION ALL
SELECT others.row_no, slots.staff_id FROM others LEFT JOIN slots USING (store_id, place)
