"""What was told to whom, and which rounds to everybody have been written."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from regulars.ground.kit import clock


class Message(models.Model):
    """`kind` and `about` (a day, a record's id) say what it is: nobody is told the same twice.
    `address` is the page to it at the desk, `phone_address` on the phone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="messages")
    kind = models.TextField()
    about = models.TextField()
    title = models.TextField()
    body = models.TextField(blank=True)
    address = models.TextField(blank=True)
    phone_address = models.TextField(blank=True)
    made_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "messages_message"
        constraints = [
            models.UniqueConstraint("user", "kind", "about", name="messages_message_once")
        ]
        indexes = [
            models.Index(fields=["user", "-made_at"], name="messages_message_of_user"),
            models.Index(
                fields=["user"], condition=Q(read_at=None), name="messages_message_unread"
            ),
            models.Index(fields=["made_at"], name="messages_message_age"),
        ]

    def __str__(self) -> str:
        return self.title


class Round(models.Model):
    """Messages to everybody, of one kind and about one thing, are written: in the transaction of
    the messages themselves."""

    kind = models.TextField()
    about = models.TextField()
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "messages_round"
        constraints = [models.UniqueConstraint("kind", "about", name="messages_round_once")]
