"""Every touch of every person: collected, resolved, stored once."""
