"""Tags on members, goods, stores and staff: defined once, computed in few scans, kept up to date.

Owns tags_* in Postgres and the tables of `queries/warehouse_schema.sql`, one wide table a subject.
Publishes nothing; hears `person.forgotten`, and takes what the loading transactions leave in
`changed_members`.
"""
