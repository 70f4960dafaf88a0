-- Events of a name, as what counts.
SELECT persons.member_id, events.business_on, events.occurred_at
FROM events
JOIN persons USING (person_id)
WHERE events.name = $of AND events.business_on BETWEEN $first_on AND $on;
