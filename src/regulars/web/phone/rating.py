"""The customer says with one tap how the service was: a page for whoever holds the signed address
that was sent with it."""

from datetime import timedelta

from django import forms
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.act.tasks.models import Lead
from regulars.act.tasks.rating import MOST_STARS, find_rated, rate
from regulars.ground.accounts.access import public
from regulars.ground.kit.errors import NotFound
from regulars.web.parts.forms import Form, given
from regulars.web.parts.leads import RATING_SALT

VALID = timedelta(days=30)


class RatingForm(Form):
    rating = forms.IntegerField(min_value=1, max_value=MOST_STARS)


@public
def show(request: HttpRequest, token: str) -> HttpResponse:
    lead = _lead_of(token)
    if request.method == "POST":
        rate(lead.pk, given(RatingForm(request.POST))["rating"])
        return redirect("rate", token)
    stars = range(1, MOST_STARS + 1)
    page = {"lead": lead, "stars": stars, "store": lead.store.name}
    return render(request, "phone/rating.html", page)


def _lead_of(token: str) -> Lead:
    """Raises NotFound for an address that nobody signed, or too long ago."""
    signer = TimestampSigner(salt=RATING_SALT, sep="~")
    try:
        lead = find_rated(int(signer.unsign(token, max_age=VALID)))
    except (BadSignature, ValueError):
        lead = None
    if lead is None:
        raise NotFound(_("This address is not valid any more."))
    return lead
