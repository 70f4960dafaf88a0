"""Whether fewer causes say as much.

The search takes the strongest first and takes nothing back. A branch may look stronger than the one
store of it that fell; it is put right afterwards, by the store, and by the rest of the branch
leaning the other way. So where causes of one factor lie within each other they are looked for anew
without the first of them: fewer that leave nothing unusual are the better account (a backward step
after forward ones, as in Zhang 2011, IEEE Transactions on Information Theory 57:4689).
"""

from regulars.understand.diagnosis.causes import THRESHOLD, Cause
from regulars.understand.diagnosis.search import Search


def untangle(search: Search) -> bool:
    """Leave in `search.taken` the fewer causes, where fewer do; whether they are others now."""
    is_other = False
    while any(_do_fewer_without(first, search) for first in search.taken):
        is_other = True
    return is_other


def _do_fewer_without(first: Cause, search: Search) -> bool:
    before = list(search.taken)
    tangle = [cause for cause in before if search.overlap(first, cause)]
    if len(tangle) == 1:
        return False
    search.begin_again(*(cause for cause in before if cause not in tangle))
    cause = search.strongest(but=first)
    for _spared in tangle[1:]:
        if cause.evidence < THRESHOLD:
            break
        search.take_as_known(cause)
        cause = search.strongest()
        if cause.evidence < THRESHOLD:
            return True
    search.begin_again(*before)
    return False
