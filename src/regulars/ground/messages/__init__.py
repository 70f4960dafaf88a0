"""Messages: what is told to a user, complete in the receiver's language, each once.

Tables: messages_message, messages_round. Publishes `messages.written`: upper rooms write here,
pages show it, and whatever carries messages elsewhere finds all that it needs in them.
"""
