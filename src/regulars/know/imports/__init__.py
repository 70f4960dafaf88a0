"""Files people bring: read, mapped, checked, archived, handed to the inbox.

Tables: imports_import. Publishes and hears import.uploaded.
"""
