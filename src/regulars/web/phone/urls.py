"""The phone's pages."""

from django.urls import path

from regulars.web.phone import home

urlpatterns = [
    path("", home.show, name="phone_home"),
]
