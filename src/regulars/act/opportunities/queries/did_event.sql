-- Of whom of these did an event come in between two days?
SELECT DISTINCT persons.member_id
FROM events
JOIN persons USING (person_id)
WHERE events.name = $name AND events.business_on > $since AND events.business_on <= $until
    AND persons.member_id IN (SELECT unnest($met::BIGINT[]));
