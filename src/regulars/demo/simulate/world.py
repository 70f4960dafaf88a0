"""What stands before the first day: places, staff, goods, families and the calendar."""

from dataclasses import dataclass

from regulars.demo.simulate.catalogue import Catalogue
from regulars.demo.simulate.chain import Chain
from regulars.demo.simulate.families import Families, build_families
from regulars.demo.simulate.plan import Plan
from regulars.demo.simulate.seasons import Seasons
from regulars.demo.simulate.staff import Staff, build_staff


@dataclass(frozen=True)
class World:
    plan: Plan
    chain: Chain
    catalogue: Catalogue
    staff: Staff
    families: Families
    seasons: Seasons


def build_world(plan: Plan, chain: Chain, catalogue: Catalogue) -> World:
    """Staff the stores and let the families join."""
    seasons = Seasons(plan)
    return World(
        plan=plan,
        chain=chain,
        catalogue=catalogue,
        staff=build_staff(plan, chain),
        families=build_families(plan, chain, seasons),
        seasons=seasons,
    )
