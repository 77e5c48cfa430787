# SPDX-License-Identifier: MIT
"""Two settings are told if and only if an outcome lies further apart in them than a sentence says, or (a note) differs at all.

The note says how far the two rank pupils alike, over all complete profiles that can be in both settings and have the outcome in
both: of all pairs of them, how many stand in the same order in both settings and how many in the opposite one, exactly, and
Goodman and Kruskal's gamma, which is the difference of the two by their sum: 1 where no pair is turned round. It is of the first
day on which the two differ. There is no note where what is not followed to the inputs has a part in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from continuum.arithmetic import as_decimal
from continuum.checks import sentences
from continuum.checks.followed import days, followed, one_question
from continuum.checks.subject import Check, Fault, Subject
from continuum.checks.told import result
from continuum.compiled import Property
from continuum.proofs.proof import EXCLUDED, Example, Proof
from continuum.proofs.properties import Pair, changed, holds_of

Ranks = tuple[Any, Any]
"""Where a pupil's outcome stands in the one setting and in the other."""


def find(subject: Subject) -> Iterator[Fault]:
    """One fault for each sentence of this form that does not hold, and a note for each where the two settings are not equal."""
    yield from sentences.of_form(subject, "alignment")
    for prop in subject.pack.properties:
        if prop.form == "alignment":
            yield from _note(subject, prop)


def _note(subject: Subject, prop: Property) -> Iterator[Fault]:
    for proof in days(subject):
        found = one_question([proof], partial(image, proof, prop))
        if isinstance(found, str):
            message = f"how far `{prop.text}` holds is not told, {found}"
            yield Fault(f"concordance: {prop.text}", message, subject.property_path(prop.text), severity="note")
            return
        if found is not None and any(here != there for here, there in found.counts):
            yield _fault(subject, found)
            return


def image(proof: Proof, prop: Property) -> Image | None:
    """What an outcome comes to in two settings; None where two outcomes are compared, the settings are not words, nothing reads
    them, or the outcome is worked out from what is not told apart.
    """
    parts = dict(prop.parts)
    if parts["same"] != parts["outcome"] or parts["again"] != parts["input"]:
        return None
    read = ("input", parts["input"]) in proof.meaning.space.index and proof.pack.inputs[parts["input"]].type.values
    return Image(proof, prop) if read and not proof.has_formula(proof.ranked(parts["outcome"])) else None


class Image:
    """What an outcome comes to in two settings: ``counts`` says of how many profiles it has each two ranks."""

    def __init__(self, proof: Proof, prop: Property) -> None:
        self.proof, self.prop, self.parts = proof, prop, dict(prop.parts)
        self.name, diagram = self.parts["input"], proof.diagram
        self.settings = self.parts["here"], self.parts["there"]
        self.index = proof.meaning.space.index["input", self.name]
        node = proof.ranked(self.parts["outcome"])
        if prop.where is not None:
            node = diagram.choose(proof.meaning.limit(prop.where), node, diagram.leaf(EXCLUDED))
        self.node = diagram.apply(
            "ranks in two settings", _two, *(diagram.restrict(node, self._stands(one)) for one in self.settings)
        )
        self.counts = self._counted() if followed(proof, self.node) else {}

    def _stands(self, setting: str) -> dict[int, int]:
        """The cells of a pupil who stands in a setting, which was said."""
        given = self.proof.meaning.space.index.get(("given", self.name))
        place = self.proof.pack.inputs[self.name].type.values.index(setting)
        return {self.index: place} | ({} if given is None else {given: 0})

    def _counted(self) -> dict[Ranks, int]:
        """How many complete profiles, but for the setting, stand at each two ranks."""
        times = sum(self.proof.meaning.variables[self.index].counts)
        counts = {ranks: self.proof.count(self.at(ranks)) // times for ranks in self.proof.diagram.values(self.node) if ranks}
        return {ranks: count for ranks, count in sorted(counts.items()) if count}

    def at(self, ranks: Ranks) -> int:
        """The profiles with these two ranks."""
        return self.proof.diagram.apply(("stands at", ranks), lambda here: here == ranks, self.node)

    def example(self, ranks: Ranks) -> Pair | None:
        """The smallest pupil at these two ranks in both settings, as the reference engine confirms."""

        def confirmed(example: Example) -> bool:
            pair = self._pair(example)
            found = tuple(self.proof.rank_of(pair.outcome, worked) for worked in pair.outcomes)
            return holds_of(self.proof, self.prop, pair.profiles) and found == ranks

        return next((self._pair(example) for example in self.proof.examples(self.at(ranks), confirmed)), None)

    def _pair(self, example: Example) -> Pair:
        type_ = self.proof.pack.inputs[self.name].type
        values = [one == "yes" if type_.kind == "yes_no" else one for one in self.settings]
        both = tuple(changed(example, {self.name: value}) for value in values)
        outcome = self.parts["outcome"]
        return Pair(both, tuple(self.proof.decide(one, outcome.partition(".")[0]) for one in both), outcome, self.name)


def _two(here: Any, there: Any) -> Any:
    return None if None in (here, there) or EXCLUDED in (here, there) else (here, there)


@dataclass(frozen=True, slots=True)
class Concordance:
    """Of how many pairs of profiles both settings have the same order, and the opposite one."""

    same: int
    opposite: int

    @property
    def gamma(self) -> Fraction | None:
        """Goodman and Kruskal's gamma; None where no two profiles stand apart in both settings."""
        pairs = self.same + self.opposite
        return Fraction(self.same - self.opposite, pairs) if pairs else None


def concordance(counts: Mapping[Ranks, int]) -> Concordance:
    """How far two settings rank profiles alike."""
    same = opposite = 0
    for (here, there), count in counts.items():
        for (other, beside), many in counts.items():
            if other > here and beside != there:
                if beside > there:
                    same += count * many
                else:
                    opposite += count * many
    return Concordance(same, opposite)


def most_opposite(counts: Mapping[Ranks, int]) -> tuple[Ranks, Ranks] | None:
    """Two ranks that stand in opposite orders, the furthest apart; None where there are none."""
    turned = [(one, two) for one in counts for two in counts if two[0] > one[0] and two[1] < one[1]]
    return max(turned, key=lambda both: (both[1][0] - both[0][0]) * (both[0][1] - both[1][1]), default=None)


def _fault(subject: Subject, found: Image) -> Fault:
    """The note on two settings that are not equal, with two pupils whom they rank in opposite orders where there are any."""
    counts, order = found.counts, concordance(found.counts)
    outcome, (here, there) = found.parts["outcome"], (f"{found.name} {setting}" for setting in found.settings)
    differ = sum(count for ranks, count in counts.items() if ranks[0] != ranks[1])
    gamma = "" if order.gamma is None else f" (gamma {as_decimal(order.gamma, 3)})"
    message = (
        f"`{outcome}` with {here} differs from that with {there} for {_many(differ)} of {_many(sum(counts.values()))} profiles;"
        f" of all pairs of them {_many(order.same)} stand in the same order in both, {_many(order.opposite)} in the opposite one"
        f"{gamma}"
    )
    turned = most_opposite(counts)
    furthest = max(counts, key=lambda ranks: abs(ranks[0] - ranks[1]))
    pairs = tuple(pair for ranks in turned or (furthest,) if (pair := found.example(ranks)))
    if turned and len(pairs) == len(turned):
        words = "; another to ".join(" and ".join(map(result, pair.outcomes)) for pair in pairs)
        message = f"{message}: one pupil comes to {words}"
    path = subject.property_path(found.prop.text)
    return Fault(f"concordance: {found.prop.text}", message, path, pairs, found.proof.day, severity="note")


def _many(number: int) -> str:
    digits = str(number)
    return f"{number:,}" if len(digits) < 10 else f"about {digits[0]}.{digits[1]} times 10^{len(digits) - 1}"


ALIGNMENT = Check("alignment", "CX929", find, proves=True)
