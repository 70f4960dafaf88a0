"""The phone's pages."""

from django.urls import path

from regulars.web.phone import home, members, targets

urlpatterns = [
    path("", home.show, name="phone_home"),
    path("targets/", targets.show, name="phone_targets"),
    path("targets/<slug:code>/propose/", targets.propose, name="phone_propose"),
    path("members/", members.find, name="phone_members"),
    path("members/<path:code>/set/", members.set_by_hand, name="phone_member_set"),
    path("members/<path:code>/", members.show, name="phone_member"),
]
