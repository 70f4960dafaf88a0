-- A JSON object without what reaches a person directly, however deep it stands: these keys have no
-- value any more. Few objects have them, and these few are found by their letters first.
CREATE OR REPLACE MACRO without_contacts(told) AS
    CASE
        WHEN told IS NULL OR NOT (contains(told::VARCHAR, 'phone"') OR contains(told::VARCHAR, 'mobile"') OR contains(told::VARCHAR, 'email"')) THEN told
        ELSE regexp_replace(
            told::VARCHAR,
            '"(\$?(?:phone|mobile|email|telephone))"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[-+.0-9eE]+|\[[^\]]*\]|\{[^}]*\})',
            '"\1":null',
            'g'
        )::JSON
    END;

-- What may identify somebody: a text of some length that any store can hold.
CREATE OR REPLACE MACRO is_identity(value) AS
    value <> '' AND length(value) <= 255 AND NOT contains(value, chr(0));

-- Why a moment cannot be when an event happened: before anything was recorded, or in the future.
CREATE OR REPLACE MACRO fault_of_moment(occurred_at, received_at) AS
    CASE
        WHEN occurred_at < TIMESTAMPTZ '2000-01-01' OR occurred_at > received_at + INTERVAL 1 DAY
            THEN 'time' || chr(9) || 'out_of_range' || chr(9) || occurred_at::VARCHAR
    END;
