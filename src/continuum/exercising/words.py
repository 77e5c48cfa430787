# SPDX-License-Identifier: MIT
"""Coverage and mutation in words, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from continuum.exercising.coverage import Coverage
from continuum.exercising.differing import pasted
from continuum.exercising.mutation import Mutation
from continuum.packs.model import Case

Located = Callable[[str], str]
"""A place in a pack as it is named from where the command runs."""


def coverage_words(found: Coverage, located: Located) -> Iterator[str]:
    """What the cases exercise, then each gap with a case to paste."""
    parts = (f"{done} of {total} {kind} ({share(done, total)})" for kind, (done, total) in found.counts.items())
    yield f"coverage by {found.cases} cases: {', '.join(parts)}"
    apart = [f"{number} {kind}" for kind, number in found.apart.items() if number]
    if apart:
        yield f"  set apart, because it is proved that they never make a difference: {', '.join(apart)}"
    shown: set[str] = set()
    for gap in found.gaps:
        yield f"{located(gap.place)}: {gap.words}"
        yield from _pasted(gap.case, shown)


def mutation_words(found: Mutation, located: Located) -> Iterator[str]:
    """How many slips the cases notice, then each that they do not with a case to paste."""
    tried = len(found.noticed) + len(found.equal) + len(found.survivors) + len(found.unsettled)
    some = "" if tried == found.made else f" of {found.made}"
    yield f"{tried}{some} small changes of single rules, tried on {found.cases} cases:"
    yield (
        f"  {len(found.noticed)} noticed, {len(found.survivors)} not noticed; {len(found.equal)} not counted, because they are "
        f"proved to change nothing for any profile; {len(found.unsettled)} not settled"
    )
    yield f"  score: {share(len(found.noticed), found.counted)} of the changes that change something are noticed"
    for kind, (noticed, counted) in found.by_kind().items():
        yield f"    {kind}: {noticed} of {counted} ({share(noticed, counted)})"
    for mutant, why in found.unsettled:
        yield f"{located(mutant.place)}: {mutant.words}: not settled: {why}"
    shown: set[str] = set()
    for one in found.survivors:
        yield f"{located(one.mutant.place)}: {one.mutant.words}: no case notices"
        yield from _pasted(one.case, shown)
    if found.useful:
        yield "cases from above that notice most, each with how many more it notices:"
        yield "  " + ", ".join(f"{case.id} ({more})" for case, more in found.useful)


def _pasted(case: Case | None, shown: set[str]) -> Iterator[str]:
    """The case to paste, unless it was shown before."""
    if case is None:
        yield "    no case could be written for it"
    elif case.id in shown:
        yield f"    {case.id}, as above, would"
    else:
        shown.add(case.id)
        yield from (f"    {line}" for line in pasted(case))


def share(some: int, all_: int) -> str:
    """A share in whole per cent, rounded down, so that 100 % is all."""
    return f"{100 * some // all_ if all_ else 100} %"
