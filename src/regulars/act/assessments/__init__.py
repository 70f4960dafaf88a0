"""Assessments 测评: questions with scores, answered on the customer's phone, results with advice.

Owns assessments_*. An answer goes to the inbox as the event `assessment.finished`, sets the tag
that the assessment names, and opens a lead. Hears `person.forgotten`.
"""
