"""Members found by a file of their numbers or phones, line by line: found, not found, or double."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.ground.accounts.access import Scope
from regulars.ground.kit import clock, crypto
from regulars.ground.kit.errors import NotFound, UserError
from regulars.know.members.service import find_ids
from regulars.know.segments.models import Upload

LONGEST_LIST = 200_000
KEPT_FOR = timedelta(days=2)
REASONS = {
    "unknown": gettext_lazy("nobody has this number or phone"),
    "several": gettext_lazy("several members share this phone"),
    "empty": gettext_lazy("nothing stands here"),
}

Lines = Iterable[tuple[int, str]]
"""Each with its number in the file."""


@dataclass(frozen=True)
class Refused:
    """A line in which nobody was found."""

    line: int
    text: str
    reason: str

    @property
    def because(self) -> str:
        return str(REASONS[self.reason])


def match_lines(actor: AbstractBaseUser, scope: Scope, file_name: str, lines: Lines) -> Upload:
    """Find the members of the caller's sight whom a file names, and keep them until they are made a
    list of. Raises UserError for a file that names nobody at all, or too many."""
    Upload.objects.filter(segmentversion=None, made_at__lt=clock.now() - KEPT_FOR).delete()
    given = [(number, text.strip()) for number, text in lines]
    if len(given) > LONGEST_LIST:
        raise UserError(
            _("A list has %(most)s lines at most, and this file has %(lines)s.")
            % {"most": LONGEST_LIST, "lines": len(given)},
            field="file",
        )
    found = find_ids(scope, sorted({text for _number, text in given if text}))
    members = Counter[int]()
    refused = []
    for number, text in given:
        ids = found.get(text, set())
        if len(ids) == 1:
            members.update(ids)
        else:
            reason = "several" if ids else "unknown" if text else "empty"
            refused.append(Refused(number, text, reason))
    if not members:
        raise UserError(_("Nobody was found by the lines of this file."), field="file")
    told = json.dumps([[each.line, each.text, each.reason] for each in refused])
    return Upload.objects.create(
        file_name=file_name,
        member_ids=sorted(members),
        line_count=len(given),
        double_count=members.total() - len(members),
        refused_count=len(refused),
        refused=crypto.encrypt(told),
        made_by_id=actor.pk,
    )


def get_upload(actor: AbstractBaseUser, upload_id: UUID) -> Upload:
    """What this user brought. Raises NotFound."""
    try:
        return Upload.objects.get(pk=upload_id, made_by_id=actor.pk)
    except Upload.DoesNotExist:
        raise NotFound(_("That file is no longer here: bring it again.")) from None


def list_refused(upload: Upload) -> Sequence[Refused]:
    """The lines in which nobody was found, as they stood in the file."""
    return [Refused(*each) for each in json.loads(crypto.decrypt(bytes(upload.refused)))]


def refused_csv(upload: Upload) -> bytes:
    """The same as a file, to be mended and brought again."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow([_("Number or phone"), _("Line"), _("Why")])
    rows.writerows([each.text, each.line, each.because] for each in list_refused(upload))
    return text.getvalue().encode("utf-8-sig")
