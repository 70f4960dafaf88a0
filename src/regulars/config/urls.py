"""Every route of the house."""

from allauth.account import views as account
from django.urls import include, path

from regulars.ground.accounts.access import Capability, public, requires
from regulars.web.api import health
from regulars.web.api.api import routes
from regulars.web.parts import live, live_leads, tracker
from regulars.web.parts.language import switch_language
from regulars.web.parts.leaving import leave
from regulars.web.phone import assessment, rating, wecom

handler404 = "regulars.web.parts.middleware.page_not_found"
handler500 = "regulars.web.parts.middleware.server_error"

urlpatterns = [
    path("accounts/login/", public(account.login), name="account_login"),
    path("accounts/logout/", leave, name="account_logout"),
    path(
        "accounts/password/change/",
        requires(Capability.ENTER)(account.password_change),
        name="account_change_password",
    ),
    path("language/", switch_language, name="set_language"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("live/", live.hear, name="live"),
    path("live/leads/", live_leads.hear, name="live_leads"),
    path("tracker.js", tracker.show, name="tracker"),
    path("wecom/enter/", wecom.enter, name="wecom_enter"),
    path("wecom/back/", wecom.back, name="wecom_back"),
    path("wecom/callback/", wecom.called_back, name="wecom_callback"),
    path("api/", routes()),
    path("r/<str:token>/", rating.show, name="rate"),
    path("a/<str:token>/", assessment.begin, name="assessment_begin"),
    path(
        "a/<str:token>/<uuid:answer_id>/<int:number>/",
        assessment.question,
        name="assessment_question",
    ),
    path("a/<str:token>/<uuid:answer_id>/", assessment.result, name="assessment_result"),
    path("a/<str:token>/<uuid:answer_id>/phone/", assessment.phone, name="assessment_phone"),
    path("m/", include("regulars.web.phone.urls")),
    path("", include("regulars.web.console.urls")),
]
