"""The phone's pages."""

from django.urls import path

from regulars.web.phone import home, members

urlpatterns = [
    path("", home.show, name="phone_home"),
    path("members/", members.find, name="phone_members"),
    path("members/<path:code>/set/", members.set_by_hand, name="phone_member_set"),
    path("members/<path:code>/", members.show, name="phone_member"),
]
