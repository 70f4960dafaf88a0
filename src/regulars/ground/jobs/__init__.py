"""Background work and events between rooms.

Tables: jobs_event, jobs_handling; Procrastinate's own.
"""
