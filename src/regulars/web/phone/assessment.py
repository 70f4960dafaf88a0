"""An assessment on a customer's phone: no sign-in, one question a page, a result with advice."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.act.assessments import rules, service
from regulars.act.assessments.content import Content
from regulars.act.assessments.models import Answer
from regulars.ground.accounts.access import public
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound, UserError

View = Callable[..., HttpResponse]
LARGEST_BODY = 16 * 1024
SECONDS = 60
PAGES, BEGINNINGS, PHONES = 300, 40, 10
"""How much one address may ask in a minute: a store's wireless network is one address."""


class TooMuch(UserError):
    """One address asks too often."""


def kindly(view: View) -> View:
    """Limits, and what went wrong in plain words on a page that needs no sign-in."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            _spend(request, "pages", PAGES)
            if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
                raise UserError(_("This is too long."))
            return view(request, *args, **kwargs)
        except UserError as error:
            status = {NotFound: 404, TooMuch: 429}.get(type(error), 400)
            page = {"message": str(error), "status": status}
            response = render(request, "phone/assessment_error.html", page, status=status)
            if status == 429:  # noqa: PLR2004 - too many requests
                response["Retry-After"] = str(SECONDS)
            return response

    return told


@public
@kindly
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """What it is about and what becomes of the answers; who agrees begins."""
    link = service.read_token(token)
    assessment = service.find_open(link)
    if request.method == "POST":
        if request.POST.get("agreed") != "yes":
            raise UserError(_("Please say that you agree, or close this page."))
        _spend(request, "beginnings", BEGINNINGS)
        answer = service.begin(link)
        return redirect("assessment_question", token, answer.pk, 1)
    version = service.latest_version(assessment)
    assert version is not None  # it is open
    content = service.content_of(version)
    page = {"content": content, "is_known": link.member_id is not None}
    return render(request, "phone/assessment_begin.html", page)


@public
@kindly
def question(request: HttpRequest, token: str, answer_id: UUID, number: int) -> HttpResponse:
    answer = service.get_answer(service.read_token(token), answer_id)
    content = service.content_of(answer.version)
    if answer.finished_at is not None:
        return redirect("assessment_result", token, answer.pk)
    if not 1 <= number <= min(answer.reached + 1, len(content.questions)):
        return redirect("assessment_question", token, answer.pk, answer.reached + 1)
    asked = content.questions[number - 1]
    error = ""
    if request.method == "POST":
        try:
            service.answer_question(answer, number - 1, request.POST.getlist("answer"))
            return _after(token, answer, content, number)
        except UserError as wrong:
            error = str(wrong)
    page = {
        "content": content,
        "question": asked,
        "number": number,
        "count": len(content.questions),
        "percent": 100 * (number - 1) // len(content.questions),
        "given": _chosen(answer, asked.code),
        "error": error,
        "token": token,
        "answer": answer,
        "before": number - 1,
    }
    return render(request, "phone/assessment_question.html", page, status=400 if error else 200)


@public
@kindly
def result(request: HttpRequest, token: str, answer_id: UUID) -> HttpResponse:
    answer = service.get_answer(service.read_token(token), answer_id)
    if answer.finished_at is None:
        return redirect("assessment_question", token, answer.pk, answer.reached + 1)
    return render(request, "phone/assessment_result.html", _result_page(token, answer))


@require_POST
@public
@kindly
def phone(request: HttpRequest, token: str, answer_id: UUID) -> HttpResponse:
    """Whoever is not known may be called back."""
    _spend(request, "phones", PHONES)
    answer = service.get_answer(service.read_token(token), answer_id)
    try:
        service.leave_phone(answer, request.POST.get("phone", ""))
    except UserError as wrong:
        page = {**_result_page(token, answer), "error": str(wrong)}
        return render(request, "phone/assessment_result.html", page, status=400)
    return redirect("assessment_result", token, answer.pk)


def _after(token: str, answer: Answer, content: Content, number: int) -> HttpResponse:
    if number == len(content.questions):
        return redirect("assessment_result", token, answer.pk)
    return redirect("assessment_question", token, answer.pk, number + 1)


def _chosen(answer: Answer, code: str) -> list[str]:
    given = answer.given.get(code, [])
    return given if isinstance(given, list) else [str(given)]


def _result_page(token: str, answer: Answer) -> dict[str, Any]:
    content = service.content_of(answer.version)
    shares = rules.share_of_highest(content, answer.scores)
    found = service.results_of(answer)
    return {
        "content": content,
        "results": [(each, service.goods_for(each.goods)) for each in found],
        "scales": [(content.scales[code], shares[code]) for code in rules.scales_in_order(content)],
        "answer": answer,
        "token": token,
        "may_leave_phone": answer.member_id is None and answer.store_id is not None,
    }


def _spend(request: HttpRequest, what: str, most: int) -> None:
    """Raises TooMuch. Counted in this process: with several, each counts for itself."""
    minute = int(clock.now().timestamp()) // SECONDS
    address = request.META.get("REMOTE_ADDR", "")
    key = f"assessments-{what}-{address}-{minute}"
    cache.add(key, 0, 2 * SECONDS)
    if cache.incr(key) > most:
        raise TooMuch(_("Too many people answer from here at once: try again in a minute."))
