-- A JSON object without what reaches a person directly.
CREATE OR REPLACE MACRO without_contacts(told) AS
    CASE
        WHEN told IS NULL OR NOT regexp_matches(told::VARCHAR, '"\$?(phone|mobile|email|telephone)"') THEN told
        WHEN contains(told::VARCHAR, '"traits"') THEN json_merge_patch(told, '{"traits":{"phone":null,"mobile":null,"email":null,"telephone":null}}')
        ELSE json_merge_patch(told, '{"phone":null,"mobile":null,"email":null,"telephone":null,"$phone":null,"$mobile":null,"$email":null}')
    END;
