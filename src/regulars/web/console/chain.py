"""What is fixed for this deployment: the chain's rules, read from its data folder."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.ground.accounts.access import Capability, requires
from regulars.ground.kit.deployment import data_dir


@requires(Capability.SEE_HEALTH)
def show(request: HttpRequest) -> HttpResponse:
    return render(request, "console/chain.html", {"file": data_dir() / "regulars.toml"})
