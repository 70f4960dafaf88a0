"""The left rail: the places of the house in the loop's order, each for those who may enter."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.access import Capability, Scope


@dataclass(frozen=True)
class Place:
    """`name` is the URL's name; `inside` are the other pages that count as being there."""

    name: str
    label: Promise
    icon: str
    capability: Capability
    inside: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return reverse(self.name)

    def holds(self, url_name: str | None) -> bool:
        return url_name == self.name or url_name in self.inside


@dataclass(frozen=True)
class Section:
    label: Promise | None
    places: tuple[Place, ...]


SECTIONS = (
    Section(
        None,
        (
            Place("home", _("Today"), "today", Capability.ENTER, ("arrange",)),
            Place("briefing", _("Briefing"), "table", Capability.SEE_METRICS),
            Place(
                "metrics",
                _("Understand"),
                "tree",
                Capability.SEE_METRICS,
                ("kpis", "cohorts", "split", "leaf_members"),
            ),
            Place("why", _("Why"), "search", Capability.SEE_TARGETS, ("store_log",)),
            Place(
                "targets",
                _("Targets"),
                "target",
                Capability.SEE_TARGETS,
                ("target", "target_new", "target_calendar"),
            ),
            Place(
                "actions",
                _("To do"),
                "pointer",
                Capability.SEE_ACTIONS,
                ("action", "action_new", "ledger", "usage", "alerts", "alert", "alert_new"),
            ),
            Place("benchmark", _("Stores side by side"), "org", Capability.SEE_PROFIT, ("profit",)),
            Place(
                "members",
                _("Members"),
                "members",
                Capability.SEE_MEMBERS,
                ("member", "member_merge", "member_forget", "owner_tags", "owner_tag"),
            ),
            Place(
                "segments",
                _("Segments"),
                "segment",
                Capability.SEE_TAGS,
                (
                    "segment",
                    "segment_new",
                    "segment_edit",
                    "segment_upload",
                    "segment_list",
                    "segment_change",
                    "segment_list_again",
                    "segment_list_replace",
                ),
            ),
            Place(
                "tags",
                _("Tags"),
                "tag",
                Capability.SEE_TAGS,
                ("tag", "tag_new", "tag_edit", "tags_import"),
            ),
        ),
    ),
    Section(
        _("Act"),
        (
            Place(
                "plays",
                _("Plays"),
                "target",
                Capability.SEE_PLAYS,
                (
                    "play",
                    "play_new",
                    "play_edit",
                    "play_library",
                    "play_calendar",
                    "play_guards",
                ),
            ),
            Place("leads", _("Leads"), "pointer", Capability.SEE_LEADS),
            Place("till", _("Till"), "goods", Capability.RUN_TILL),
            Place(
                "assessments",
                _("Assessments"),
                "audit",
                Capability.MAKE_ASSESSMENTS,
                ("assessment", "assessment_preview", "assessment_results"),
            ),
        ),
    ),
    Section(
        _("Data"),
        (
            Place("catalog", _("Catalogue"), "goods", Capability.SEE_CATALOG, ("product",)),
            Place("org", _("Organisation"), "org", Capability.SEE_ORG, ("org_node",)),
            Place("staff", _("Staff"), "staff", Capability.SEE_ORG, ("staff_member",)),
            Place(
                "events",
                _("Events"),
                "pointer",
                Capability.MANAGE_EVENTS,
                ("event", "events_live", "event_rules", "event_rule_new", "event_rule"),
            ),
            Place("identities", _("Identities"), "link", Capability.MANAGE_PERSONS),
            Place("imports", _("Imports"), "upload", Capability.IMPORT_DATA, ("import",)),
            Place(
                "sources",
                _("Sources"),
                "download",
                Capability.IMPORT_DATA,
                ("source", "source_new", "source_rotate"),
            ),
            Place("quarantine", _("Quarantine"), "quarantine", Capability.IMPORT_DATA),
        ),
    ),
    Section(
        _("Settings"),
        (
            Place("users", _("Users"), "user", Capability.MANAGE_USERS, ("user", "user_new")),
            Place("audit", _("Audit log"), "audit", Capability.SEE_AUDIT),
            Place("health", _("System health"), "health", Capability.SEE_HEALTH),
            Place(
                "wecom",
                _("WeCom"),
                "phone",
                Capability.MANAGE_WECOM,
                ("wecom_staff", "wecom_tags", "wecom_sent"),
            ),
            Place("chain", _("The chain"), "settings", Capability.SEE_HEALTH),
        ),
    ),
)


def sections_for(scope: Scope) -> list[Section]:
    """What this user's rail shows: no dead links, no empty headings."""
    return [
        Section(section.label, places)
        for section in SECTIONS
        if (places := tuple(place for place in section.places if scope.may(place.capability)))
    ]
