-- How many units a line counts for: its quantity; one where the goods count by the line or are
-- weighed; none for gifts.
CREATE OR REPLACE MACRO units_of(unit_rule, is_gift, quantity) AS
    CASE
        WHEN is_gift THEN 0
        WHEN unit_rule = 'one' OR quantity <> trunc(quantity) THEN CASE WHEN quantity < 0 THEN -1 ELSE 1 END
        ELSE quantity
    END::INTEGER;
