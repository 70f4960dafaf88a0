-- Who bought at these places on these days?
SELECT DISTINCT member_id
FROM tickets
WHERE
    is_purchase
    AND member_id IS NOT NULL
    AND business_on BETWEEN $since AND $until
    AND store_id IN (SELECT unnest($stores::BIGINT[]))
