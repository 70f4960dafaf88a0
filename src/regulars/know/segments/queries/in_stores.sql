-- Who is at home in one of these stores?
SELECT member_id
FROM members
WHERE home_store_id IN (SELECT unnest($stores::BIGINT[]));
