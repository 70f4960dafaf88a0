"""What may hang where."""

from regulars.ground.org.models import Node

TOP_DOWN = (Node.Kind.HEAD_OFFICE, Node.Kind.REGION, Node.Kind.BRANCH, Node.Kind.STORE)


def may_hang_under(kind: str, parent_kind: str) -> bool:
    """A place hangs under a higher kind of place, a store under anything but a store: so the tree
    has no circle."""
    return TOP_DOWN.index(Node.Kind(parent_kind)) < TOP_DOWN.index(Node.Kind(kind))
