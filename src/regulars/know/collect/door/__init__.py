"""The door: what SDKs and other systems send is stored as it came before it is answered.

Bare ASGI beside Django, so that a request costs little; requests that arrive together share a
commit.
"""
