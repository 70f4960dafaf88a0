-- Which lines of a members file name a store or staff that does not exist, or hold what we cannot read?
INSERT INTO rejected
SELECT line_no, 'join_store_id', 'unknown_store', join_store_id
FROM given AS g
WHERE join_store_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM org_node AS n WHERE n.code = g.join_store_id AND n.kind = 'store')
UNION ALL
SELECT line_no, 'home_store_id', 'unknown_store', home_store_id
FROM given AS g
WHERE home_store_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM org_node AS n WHERE n.code = g.home_store_id AND n.kind = 'store')
UNION ALL
SELECT line_no, 'recruiter_id', 'unknown_staff', recruiter_id
FROM given AS g
WHERE recruiter_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM org_staff AS s WHERE s.code = g.recruiter_id)
UNION ALL
SELECT line_no, 'consultant_id', 'unknown_staff', consultant_id
FROM given AS g
WHERE consultant_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM org_staff AS s WHERE s.code = g.consultant_id)
UNION ALL
SELECT line_no, 'gender', 'unknown_gender', gender FROM given WHERE gender NOT IN ('f', 'm')
UNION ALL
SELECT line_no, 'phone', 'sealed_elsewhere', ''
FROM given WHERE phone_sealed IS NOT NULL AND phone_hash IS NULL
