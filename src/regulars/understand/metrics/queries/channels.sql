-- Which channels sold in a period?
SELECT DISTINCT channel
FROM tickets
WHERE business_on >= $start AND business_on < $end
ORDER BY channel;
