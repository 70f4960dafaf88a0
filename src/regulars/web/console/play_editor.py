"""The editor of a play, with its size beside it as it is written."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.act.opportunities import service as plays
from regulars.act.opportunities.models import Play
from regulars.ground.accounts.access import Capability, requires, scope_of
from regulars.ground.kit.deployment import chain
from regulars.ground.kit.errors import UserError
from regulars.know.catalog.models import Category
from regulars.know.language.errors import TextError
from regulars.know.tags.service import Subject, defined, language_of_names, name_of
from regulars.web.console.play_form import PlayForm, field_of, initial_of, told_by
from regulars.web.parts.marked import Marked, marked
from regulars.web.parts.playing import trigger_of
from regulars.web.parts.tag_values import group_label
from regulars.web.parts.who import signed_in

MOST_LOADED = 5


@requires(Capability.MAKE_PLAYS)
def create(request: HttpRequest) -> HttpResponse:
    """A new play: empty, a ready one (`?ready=`), a copy (`?copy=`), or for members described
    elsewhere (`?who=`)."""
    asked = request.GET
    told, code = plays.usual(), ""
    if asked.get("ready"):
        told, code = plays.get_ready(asked["ready"]).told(language_of_names()), asked["ready"]
        code = code if not Play.objects.filter(code=code).exists() else ""
    elif asked.get("copy"):
        told = plays.said_of(plays.get_play(scope_of(request.user), asked["copy"]))
        told |= {"starts_on": None, "ends_on": None}
    if asked.get("who"):
        told["who"] = asked["who"]
    initial = initial_of(told) | {"code": code}
    return _edited(request, None, PlayForm(request.POST or None, initial=initial))


@requires(Capability.MAKE_PLAYS)
def change(request: HttpRequest, code: str) -> HttpResponse:
    play = plays.get_play(scope_of(request.user), code)
    initial = initial_of(plays.said_of(play))
    return _edited(request, play, PlayForm(request.POST or None, initial=initial, is_new=False))


@require_POST
@requires(Capability.MAKE_PLAYS)
def show_size(request: HttpRequest) -> HttpResponse:
    """How large what is being written would be."""
    form = PlayForm(request.POST, is_new=False)
    for name in ("name", "reason"):
        form.fields[name].required = False
    page: dict[str, Any] = {
        "most": MOST_LOADED,
        "is_live": True,
        "unasked": chain().contact_unasked,
    }
    if form.is_valid():
        told = told_by(form)
        try:
            page |= _sized(request, told)
        except TextError as fault:
            page["marked"] = marked(fault, told["who"])
        except UserError as error:
            page["marked"] = Marked(str(error), "", "", "")
    else:
        page["is_unfinished"] = True
    return render(request, "console/plays/size.html", page)


def _sized(request: HttpRequest, told: dict[str, Any]) -> dict[str, Any]:
    stores = plays.stores_named(told["stores"])
    play = plays.trial(told, sorted(store.pk for store in stores))
    if not play.who.strip():
        return {"play": play, "size": None, "trigger": trigger_of(play.trigger)}
    return {"play": play, "size": plays.size(scope_of(request.user), play)}


def _edited(request: HttpRequest, play: Play | None, form: PlayForm) -> HttpResponse:
    fault: Marked | None = None
    if request.method == "POST" and form.is_valid():
        told = told_by(form)
        code = play.code if play else form.cleaned_data["code"]
        try:
            saved = plays.save_play(signed_in(request), code, told, is_new=play is None)
        except TextError as error:
            fault = marked(error, told["who"])
        except UserError as error:
            field = field_of(error.field)
            form.add_error(field if field in form.fields else None, str(error))
        else:
            messages.success(request, _("Saved as version %(n)s.") % {"n": saved.version})
            return redirect("play", saved.code)
    told_tags = defined(Subject.MEMBER).checked.tags
    page = {
        "form": form,
        "play": play,
        "marked": fault,
        "tags": [(tag.code, name_of(tag), group_label(tag.group)) for tag in told_tags],
        "categories": Category.objects.order_by("code").values_list("code", flat=True),
    }
    return render(request, "console/play_form.html", page)
