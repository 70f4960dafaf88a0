-- How many units a line counts for: its quantity; one where the goods count by the line or are
-- weighed; none for gifts.
CREATE OR REPLACE MACRO units_of(unit_rule, is_gift, quantity) AS
    CASE
        WHEN is_gift THEN 0
        WHEN unit_rule = 'one' OR quantity <> trunc(quantity) THEN CASE WHEN quantity < 0 THEN -1 ELSE 1 END
        ELSE quantity
    END::INTEGER;

-- In which part of the base does a member stand on a day, by what was known before it?
CREATE OR REPLACE MACRO standing(joined_on, last_on, graduates_on, day, window_days) AS
    CASE
        WHEN joined_on >= day THEN 'new'
        WHEN graduates_on <= day THEN 'graduated'
        WHEN last_on IS NULL OR last_on >= day THEN 'never_bought'
        WHEN last_on >= day - window_days THEN 'active_old'
        ELSE 'dormant_old'
    END;

-- Is this purchase a member's first on or after a day? At most one of each member's is.
CREATE OR REPLACE MACRO is_first_since(business_on, prev_on, day) AS
    business_on >= day AND (prev_on < day OR prev_on IS NULL);

-- Has her youngest child, if she has one, not left the chain's age range by that day?
CREATE OR REPLACE MACRO is_still(graduates_on, day) AS graduates_on > day OR graduates_on IS NULL;

-- Who numbers these orders? What the chain itself brings, by file or through the API, is one sender;
-- every other source has numbers of its own.
CREATE OR REPLACE MACRO sender_of(source) AS
    CASE WHEN source IN ('api', 'import') THEN '' ELSE source END;
