-- What did each store sell through each channel, in a period and in the one it is set beside?
SELECT
    store_id,
    channel,
    coalesce(sum(net_cents) FILTER (business_on >= $start AND business_on < $end), 0)::BIGINT AS now,
    coalesce(
        sum(net_cents) FILTER (business_on >= $before_start AND business_on < $before_end), 0
    )::BIGINT AS before
FROM tickets
WHERE
    (business_on >= $start AND business_on < $end)
    OR (business_on >= $before_start AND business_on < $before_end)
GROUP BY ALL;
