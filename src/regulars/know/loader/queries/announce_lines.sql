-- What the other rooms will hear of order lines: also in which stores and on which days tickets
-- changed, unless these are too many to name.
INSERT INTO outbox
SELECT
    $outbox_id,
    $batch_id,
    $topic,
    json_merge_patch(
        $payload::JSON,
        json_object(
            'places',
            CASE
                WHEN count(*) <= 2000
                    THEN coalesce(to_json(list({'store': store_id, 'on': business_on})), '[]'::JSON)
            END
        )
    )
FROM changed_places;
