-- What somebody asked to be reminded of today, and nobody has reminded of yet: the same lead again.
SELECT row_number() OVER (ORDER BY l.value_cents DESC NULLS LAST, l.id) AS row_no, l.play_id,
       l.member_id, l.store_id, p.staff_id, l.id AS parent_id, l.value_cents, l.title,
       l.reason, l.facts::text AS facts, l.goods::text AS goods, 'follow_up' AS source,
       l.source_id, l.priority
FROM tasks_lead AS l
LEFT JOIN opportunities_play AS play ON play.id = l.play_id
LEFT JOIN org_position AS p
    ON p.id = (
        SELECT min(held.id) FROM org_position AS held
        WHERE held.staff_id = l.staff_id AND held.node_id = l.store_id
          AND held.valid_from <= %(day)s AND (held.valid_to IS NULL OR held.valid_to > %(day)s)
    )
WHERE l.state = 'done' AND l.next_contact_on IS NOT NULL AND l.next_contact_on <= %(day)s
  AND l.next_contact_on > %(day)s::date - 30 AND l.member_id IS NOT NULL
  AND (l.play_id IS NULL OR play.state = 'approved')
  AND NOT EXISTS (SELECT FROM tasks_lead AS again WHERE again.parent_id = l.id)
