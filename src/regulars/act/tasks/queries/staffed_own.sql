-- Whoever was chosen for one of these stays with her; then her own consultant, where he is here, fits
-- the play's role and has room, by value.
INSERT INTO tasks_staffed (row_no, staff_id)
WITH own AS (
    SELECT c.row_no, p.staff_id, p.room,
           p.load + row_number() OVER (PARTITION BY c.store_id, p.staff_id ORDER BY c.row_no) AS slot
    FROM tasks_chosen AS c
    JOIN tasks_wanted AS w USING (row_no)
    JOIN members_relation AS r
        ON r.member_id = c.member_id AND r.valid_from <= %(day)s
       AND (r.valid_to IS NULL OR r.valid_to > %(day)s)
    JOIN tasks_people AS p ON p.store_id = c.store_id AND p.staff_id = r.staff_id
    JOIN tasks_fit AS f
        ON f.store_id = c.store_id AND f.staff_id = r.staff_id AND f.role = w.role
    WHERE c.staff_id IS NULL
)
SELECT row_no, staff_id FROM tasks_chosen WHERE staff_id IS NOT NULL
UNION ALL
SELECT row_no, staff_id FROM own WHERE slot <= room
