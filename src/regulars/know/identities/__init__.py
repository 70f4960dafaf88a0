"""One-ID: which identities are one person, and which person is a member."""
