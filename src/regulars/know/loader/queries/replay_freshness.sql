-- What was worked out from the warehouse before this one holds no longer: a version beyond any that
-- counting could have reached.
UPDATE freshness SET version = epoch_us(now()), as_of = now();
