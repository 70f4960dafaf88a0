"""Background work and events between rooms.

Tables: jobs_event; Procrastinate's own.
"""
