-- Who gets which of those that nobody has yet and that ask for one role and skill: who has the skill
-- first, then whoever has least; what is over stays with nobody.
INSERT INTO tasks_staffed (row_no, staff_id)
WITH waiting AS (
    SELECT c.row_no, c.store_id,
           row_number() OVER (PARTITION BY c.store_id ORDER BY c.row_no) AS place
    FROM tasks_chosen AS c
    JOIN tasks_wanted AS w USING (row_no)
    WHERE w.role = %(role)s AND w.skill = %(skill)s
      AND NOT EXISTS (SELECT FROM tasks_staffed AS s WHERE s.row_no = c.row_no)
), taken AS (
    SELECT c.store_id, s.staff_id, count(*) AS more
    FROM tasks_staffed AS s JOIN tasks_chosen AS c USING (row_no)
    WHERE s.staff_id IS NOT NULL GROUP BY c.store_id, s.staff_id
), slots AS (
    SELECT f.store_id, f.staff_id,
           row_number() OVER (
               PARTITION BY f.store_id ORDER BY k.staff_id IS NULL, f.place, slot, f.staff_id
           ) AS place
    FROM tasks_fit AS f
    JOIN tasks_people AS p USING (store_id, staff_id)
    LEFT JOIN taken USING (store_id, staff_id)
    LEFT JOIN tasks_skilled AS k ON k.staff_id = f.staff_id AND k.skill = %(skill)s
    CROSS JOIN LATERAL generate_series(p.load + coalesce(taken.more, 0) + 1, p.room) AS slot
    WHERE f.role = %(role)s
)
SELECT waiting.row_no, slots.staff_id FROM waiting LEFT JOIN slots USING (store_id, place)
