"""Behaviour: what people did on pages, in apps and mini-programs, each event once.

Warehouse table: events.
"""
