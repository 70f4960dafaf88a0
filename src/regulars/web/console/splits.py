"""The slices of an opened part: a piece that the tree fetches, or a page where scripts are off."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.ground.accounts.access import Capability, requires
from regulars.understand.metrics.service import get_freshness, get_split
from regulars.web.console import asking


@requires(Capability.SEE_METRICS)
def show(request: HttpRequest) -> HttpResponse:
    question = asking.question_of(request)
    page = {"question": question, "split": get_split(question, request.GET.get("part", ""))}
    if "HX-Request" in request.headers:
        return render(request, "console/metrics/split.html", page)
    page |= {
        "places": asking.places_above(request, question),
        "goods": asking.goods_above(question),
        "freshness": get_freshness(),
    }
    return render(request, "console/split.html", page)
