-- The leads that an event tells of, store by store, as they stand; but those of members who are at home
-- elsewhere by now, which their old store does not see.
SELECT l.id, l.store_id, l.staff_id, l.state, l.version
FROM jobs_event AS e
CROSS JOIN LATERAL jsonb_array_elements_text(e.payload -> 'lead_ids') AS told (lead_id)
JOIN tasks_lead AS l ON l.id = told.lead_id::bigint
LEFT JOIN members_member AS m ON m.id = l.member_id
WHERE e.id = %(event)s AND (l.member_id IS NULL OR m.home_store_id = l.store_id)
ORDER BY l.store_id, l.id
