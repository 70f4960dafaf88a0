"""Segments: groups of members, described once and kept up to date.

Owns segments_* in Postgres and the tables of `queries/warehouse_schema.sql`. Publishes
`segment.entered` and `segment.left`; hears nothing: it follows what `know/tags` computes.
"""
