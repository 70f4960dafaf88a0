"""What happened, as rooms tell each other, and who has dealt with it."""

from django.db import models

from regulars.ground.kit.ids import new_id


class Event(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id)
    topic = models.TextField()
    payload = models.JSONField()
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "jobs_event"
        indexes = [models.Index(fields=["published_at"], name="jobs_event_age")]

    def __str__(self) -> str:
        return f"{self.topic} {self.id}"


class Handling(models.Model):
    """A subscriber has dealt with an event: written in the transaction of what it did."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="handlings")
    subscriber = models.TextField()

    class Meta:
        db_table = "jobs_handling"
        constraints = [models.UniqueConstraint("event", "subscriber", name="jobs_handling_once")]
