"""The phone: store managers and consultants."""
