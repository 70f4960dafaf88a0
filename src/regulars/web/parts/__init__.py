"""Shared page parts: layout, tables, charts, numbers as people read them."""
