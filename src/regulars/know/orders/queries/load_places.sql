-- In which stores, and on which days, do tickets change? Where the orders belong now, and where they
-- stood before.
CREATE OR REPLACE TEMP TABLE changed_places AS
SELECT DISTINCT store_id, business_on
FROM (
    SELECT store_id, business_on FROM placed WHERE fault IS NULL AND fate <> 'ignore'
    UNION ALL
    SELECT tickets.store_id, tickets.business_on
    FROM tickets
    JOIN placed USING (ticket_id)
    WHERE placed.fault IS NULL AND fate IN ('replace', 'append')
);
