-- Days on which members saw a page.
SELECT member_id, business_on, count(*) AS touches, min(occurred_at) AS occurred_at
FROM events
JOIN persons USING (person_id)
WHERE type IN ('page', 'screen', 'view') OR name IN ('$pageview', '$MPViewScreen', '$AppViewScreen')
GROUP BY member_id, business_on;
