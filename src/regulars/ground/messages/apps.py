"""The room's name among Django's applications: "messages" is taken by Django's own."""

from django.apps import AppConfig


class StaffMessages(AppConfig):
    name = "regulars.ground.messages"
    label = "staff_messages"
