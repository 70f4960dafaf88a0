-- Where the two are no longer in contact, WeCom has forgotten her tags; so do we.
DELETE FROM wecom_mark AS m USING wecom_contact AS c
WHERE c.id = m.contact_id AND c.ended_at IS NOT NULL
