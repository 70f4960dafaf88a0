-- Who of these bought between two days?
SELECT DISTINCT member_id
FROM tickets
WHERE is_purchase AND business_on > $since AND business_on <= $until
    AND member_id IN (SELECT unnest($met::BIGINT[]));
