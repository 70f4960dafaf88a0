-- The leads that an event tells of, store by store, as they stand.
SELECT l.id, l.store_id, l.staff_id, l.state, l.version
FROM jobs_event AS e
CROSS JOIN LATERAL jsonb_array_elements_text(e.payload -> 'lead_ids') AS told (lead_id)
JOIN tasks_lead AS l ON l.id = told.lead_id::bigint
WHERE e.id = %(event)s
ORDER BY l.store_id, l.id
