-- Age in completed months, as `members.rules.months_between`: negative before birth.
CREATE OR REPLACE MACRO age_in_months(born_on, day) AS
    CASE
        WHEN born_on <= day THEN datesub('month', born_on, day)
        ELSE -datesub('month', day, born_on - 1) - 1
    END;

-- The stage of a child of so many months, as `members.rules.stage_on`.
CREATE OR REPLACE MACRO stage_of(months, age_range_months) AS
    CASE
        WHEN months < 0 THEN 'pregnancy'
        WHEN months >= age_range_months THEN 'graduated'
        WHEN months >= 36 THEN 'preschool'
        WHEN months >= 12 THEN 'toddler'
        WHEN months >= 6 THEN 'older_infant'
        WHEN months >= 1 THEN 'young_infant'
        WHEN months >= 0 THEN 'newborn'
    END;

-- The next birthday, today's among them; whoever was born on 29 February has it on the 28th.
CREATE OR REPLACE MACRO next_birthday(born_on, day) AS
    CASE
        WHEN born_on > day THEN NULL
        WHEN (born_on + to_years((year(day) - year(born_on))::INTEGER))::DATE >= day
            THEN (born_on + to_years((year(day) - year(born_on))::INTEGER))::DATE
        ELSE (born_on + to_years((year(day) - year(born_on) + 1)::INTEGER))::DATE
    END;

-- What became of the coupon that an event speaks of; null for any other event.
CREATE OR REPLACE MACRO coupon_state(name) AS
    CASE name
        WHEN 'coupon_issued' THEN 'issued'
        WHEN 'coupon_used' THEN 'used'
        WHEN 'Coupon Applied' THEN 'used'
    END;
