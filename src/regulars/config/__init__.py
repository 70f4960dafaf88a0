"""Settings, URLs and the ASGI entry: every door in one place."""
