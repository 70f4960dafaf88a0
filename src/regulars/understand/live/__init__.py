"""Live numbers: from an order's arrival to every open page, by recounting the places it touched.

Tables: live_number, live_course, live_state. A process of its own (`python -m
regulars.understand.live`) follows batch.loaded; it publishes nothing and notifies `regulars_live`.
"""
