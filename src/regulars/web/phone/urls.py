"""The phone's pages."""

from django.urls import path

from regulars.web.phone import (
    actions,
    briefing,
    home,
    huddle,
    members,
    messages,
    targets,
    visits,
    why,
)

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
    path("briefing/", briefing.show, name="phone_briefing"),
    path("messages/", messages.show_all, name="phone_messages"),
    path("messages/read/", messages.read_all, name="phone_messages_read"),
    path("messages/<int:message_id>/read/", messages.read, name="phone_message_read"),
    path("huddle/", huddle.show, name="huddle"),
    path("huddle/shift/", huddle.put_on_shift, name="huddle_shift"),
    path("huddle/give/", huddle.give_out, name="huddle_give"),
    path("visits/", visits.show_all, name="visits"),
    path("visits/promises/<int:promise_id>/", visits.tell, name="visit_promise"),
    path("visits/<path:code>/note/", visits.note, name="visit_note"),
    path("visits/<path:code>/", visits.show, name="visit"),
    path("targets/", targets.show, name="phone_targets"),
    path("targets/<slug:code>/propose/", targets.propose, name="phone_propose"),
    path("why/", why.show, name="phone_why"),
    path("why/<int:finding_id>/dismiss/", why.dismiss, name="phone_why_dismiss"),
    path("why/again/<int:dismissal_id>/", why.take_back, name="phone_why_again"),
    path("members/", members.find, name="phone_members"),
    path("members/<path:code>/set/", members.set_by_hand, name="phone_member_set"),
    path("members/<path:code>/", members.show, name="phone_member"),
]
