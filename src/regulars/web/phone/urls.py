"""The phone's pages."""

from django.urls import path

from regulars.web.phone import actions, home, huddle, members, targets, visits

urlpatterns = [
    path("", home.show, name="phone_home"),
    path("arrange/", home.arrange, name="phone_arrange"),
    path("blocks/<slug:code>/", home.show_block, name="phone_block"),
    path("actions/", actions.show_all, name="phone_actions"),
    path("actions/new/", actions.give, name="phone_action_new"),
    path("actions/<int:action_id>/", actions.show, name="phone_action"),
    path("actions/<int:action_id>/report/", actions.report, name="phone_action_report"),
    path("actions/<int:action_id>/reopen/", actions.reopen, name="phone_action_reopen"),
    path("actions/<int:action_id>/say/", actions.say, name="phone_action_say"),
    path("huddle/", huddle.show, name="huddle"),
    path("huddle/shift/", huddle.put_on_shift, name="huddle_shift"),
    path("huddle/give/", huddle.give_out, name="huddle_give"),
    path("visits/", visits.show_all, name="visits"),
    path("visits/promises/<int:promise_id>/", visits.tell, name="visit_promise"),
    path("visits/<path:code>/note/", visits.note, name="visit_note"),
    path("visits/<path:code>/", visits.show, name="visit"),
    path("targets/", targets.show, name="phone_targets"),
    path("targets/<slug:code>/propose/", targets.propose, name="phone_propose"),
    path("members/", members.find, name="phone_members"),
    path("members/<path:code>/set/", members.set_by_hand, name="phone_member_set"),
    path("members/<path:code>/", members.show, name="phone_member"),
]
