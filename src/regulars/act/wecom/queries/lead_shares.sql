-- How many of these leads are whose? Those of nobody are the store manager's to hand out. A batch is
-- known by its morning, or by its first lead.
WITH batch AS (
    SELECT id, store_id, staff_id, launch_id FROM tasks_lead
    WHERE id = ANY(%(ids)s) AND state = ANY(%(states)s)
), named AS (
    SELECT coalesce('launch-' || max(launch_id), 'lead-' || min(id)) AS about FROM batch
), shares AS (
    SELECT staff_id, count(*) AS many, FALSE AS is_waiting
    FROM batch WHERE staff_id IS NOT NULL GROUP BY staff_id
    UNION ALL
    SELECT p.staff_id, count(DISTINCT b.id), TRUE
    FROM batch AS b
    JOIN org_position AS p ON p.node_id = b.store_id AND p.kind = 'store_manager'
     AND p.valid_from <= %(today)s AND (p.valid_to IS NULL OR p.valid_to > %(today)s)
    WHERE b.staff_id IS NULL
    GROUP BY p.staff_id
)
SELECT w.userid, w.staff_id, coalesce(nullif(u.language, ''), %(language)s), s.many, s.is_waiting,
       n.about
FROM shares AS s
CROSS JOIN named AS n
JOIN wecom_staff AS w ON w.staff_id = s.staff_id
JOIN accounts_user AS u ON u.staff_id = s.staff_id AND u.is_active
