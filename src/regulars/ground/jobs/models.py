"""What happened, as rooms tell each other."""

from django.db import models

from regulars.ground.kit.ids import new_id


class Event(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id)
    topic = models.TextField()
    payload = models.JSONField()
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "jobs_event"
