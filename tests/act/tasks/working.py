"""Who works at the stores of these tests, and the play that they work on."""

from dataclasses import dataclass

from tests.understand.actions.small_chain import TODAY, node, staff_of, user_of

from regulars.ground.accounts.models import User
from regulars.ground.org.models import Staff
from regulars.know.members.models import Member

__all__ = ["TODAY", "People", "member", "node", "staff_of", "user_of"]


@dataclass
class People:
    """At S0 a manager and two consultants, at S1 one of each, above them a head of the East."""

    manager: User
    ann: User
    bob: User
    other: User
    head: User
    operations: User

    @property
    def staff(self) -> list[Staff]:
        return [user.staff for user in (self.ann, self.bob) if user.staff]


def member(code: str) -> Member:
    return Member.objects.get(code=code)
