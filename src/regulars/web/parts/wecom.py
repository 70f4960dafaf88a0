"""Pages that WeCom's own browser shows too: its SDK may run on these, and on no others."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from regulars.act.wecom.service import find_sdk

View = Callable[..., HttpResponse]


def speaks_wecom(view: View) -> View:
    """Let the SDK run on a page, where the browser is WeCom's; its templates include
    `parts/wecom.html`. In any other browser the page is as it always was."""

    @wraps(view)
    def speaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.wecom_sdk = find_sdk(request.headers.get("User-Agent", ""))  # type: ignore[attr-defined]
        response = view(request, *args, **kwargs)
        if sdk := request.wecom_sdk:  # type: ignore[attr-defined]
            response._csp_update = {"script-src": [sdk.origin]}  # type: ignore[attr-defined]
        return response

    return speaking
