-- How many tickets did the whole chain write on each day?
SELECT business_on AS day, count(*) FILTER (is_purchase) AS tickets
FROM tickets
WHERE business_on >= $start AND business_on < $end
GROUP BY ALL
ORDER BY day;
