"""WeCom: staff sign in and are told inside it; customers are heard of, and wear tags there.

Owns wecom_*. Publishes `wecom.called_back` and `wecom.queued`, for itself; hears these,
`messages.written`, `lead.opened`, `lead.assigned` and `person.forgotten`.
"""
