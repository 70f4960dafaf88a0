-- What does a store's list of leads stand on? It changes with every lead, and with who is at home.
-- No row where it is no store. (Postgres)
SELECT count(l.id), coalesce(sum(l.version), 0), coalesce(max(l.id), 0), count(m.id)
FROM org_node AS n
LEFT JOIN tasks_lead AS l ON l.store_id = n.id AND l.state IN ('open', 'taken')
LEFT JOIN members_member AS m ON m.id = l.member_id AND m.home_store_id = l.store_id
WHERE n.id = %(store)s AND n.kind = 'store'
GROUP BY n.id
