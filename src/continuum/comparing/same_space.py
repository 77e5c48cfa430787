# SPDX-License-Identifier: MIT
"""One diagram for two packs: the profiles that either tells apart, and what both decide for them.

Each side's tables are lifted by its own :class:`Meaning`. An input of both is one variable here, whose cells are those of
both sides cut by each other; a node is carried over cell by cell. What only one side reads is a variable of that side. A
value that only one side has is left out, and counted.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any

from continuum.arithmetic import CannotWorkOut
from continuum.comparing.names import Names, names_of
from continuum.comparing.written import Written
from continuum.compiled import ABSENT, CompiledPack, Expr, Read, condition_reads, reads
from continuum.engines.completions import WIDEST, Completions, Line
from continuum.engines.reference import Reference
from continuum.proofs.diagram import Diagram
from continuum.proofs.meaning import Meaning
from continuum.proofs.space import Variable

OLD, NEW = 0, 1


@dataclass(frozen=True, slots=True)
class Cell:
    """Values of an input that neither pack tells apart: one of them as each side says it (None where it does not ask), how
    many there are, and the cell of each side's own variable that they stand in.
    """

    values: tuple[Any, Any]
    count: int
    places: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shared:
    """A variable of both packs: an ``input``, whether it was ``given``, or what is ``free``; what it is called here, and by each
    side that has it.
    """

    kind: str
    name: str
    names: tuple[str, str]
    cells: tuple[Cell, ...]
    line: Line | None = None
    """For numbers and days, all the values as steps."""
    moved: dt.timedelta | None = None
    """How much earlier than for the new pack a day is for the old one."""

    def pair(self, value: Any) -> tuple[Any, Any]:
        """A number or day as each side says it, from how the new pack says it, or the only one that asks."""
        old = value - self.moved if self.moved else value
        return (old if self.names[OLD] else None, value if self.names[NEW] else None)

    def last(self, cell: Cell) -> Any:
        """The last of the values of a cell of numbers or days."""
        first = cell.values[NEW] if self.names[NEW] else cell.values[OLD]
        return self.line.at(self.line.index(first) + cell.count - 1) if self.line and first is not ABSENT else first


@dataclass(frozen=True, slots=True)
class Uncompared:
    """Values of an input that only one pack has, and how many of its profiles that leaves out."""

    input: str
    side: int
    words: str
    profiles: int


class Side:
    """One of the two packs on its day."""

    def __init__(self, pack: CompiledPack, day: dt.date) -> None:
        self.pack, self.day = pack, day
        self.reference = Reference(pack)
        self.completions = Completions(self.reference)
        self.meaning = Meaning(self.reference, self.completions, day)


class SameSpace:
    """The variables of two packs on their days, and the diagram over them.

    Raises:
        EngineError: CX706, where a diagram passes its budget.
    """

    def __init__(self, old: CompiledPack, new: CompiledPack, days: tuple[dt.date, dt.date]) -> None:
        self.sides = (Side(old, days[OLD]), Side(new, days[NEW]))
        self.names: Names = names_of(old, new)
        self.unlike = [one for one, other in self.names.inputs.items() if not self._alike(one, other)]
        self.paired = {one: other for one, other in self.names.inputs.items() if one not in self.unlike}
        self.said = ({name: self._said(name, OLD) for name in old.inputs}, {name: self._said(name, NEW) for name in new.inputs})
        shifted = [
            (one, other) for one, other in self.paired.items() if moved((old.inputs[one], new.inputs[other]), days) is not None
        ]
        self.written = tuple(
            Written(s.pack, s.day, self.said[side], [pair[side] for pair in shifted]) for side, s in enumerate(self.sides)
        )
        self.variables: list[Shared] = []
        self.place: tuple[dict[int, int], dict[int, int]] = ({}, {})
        """For each side, the number here of each of its own variables."""
        self.fixed: tuple[dict[int, int], dict[int, int]] = ({}, {})
        """For each side, its free variables that stand in one cell always."""
        self._inputs()
        self._free()
        self.diagram = Diagram([len(variable.cells) for variable in self.variables])
        self._carried: dict[Hashable, int] = {}
        self._formulas: dict[Any, int] = {}

    def _alike(self, old: str, new: str) -> bool:
        """Whether an input means the same on both sides: words, days, or numbers of one unit, with some values in common."""
        one, other = self.sides[OLD].pack.inputs[old], self.sides[NEW].pack.inputs[new]
        if {one.type.kind, other.type.kind} <= {"scale", "choice"}:
            return bool(self.names.values(old, one.type, other.type))
        if (one.type.kind, one.type.unit) != (other.type.kind, other.type.unit):
            return False
        return one.type.kind == "yes_no" or common((one, other), (self.sides[OLD].day, self.sides[NEW].day)) is not None

    def _said(self, name: str, side: int) -> str:
        """What an input is called where both are spoken of; one that is not the other's of that name says whose it is."""
        if side == OLD and name in self.paired:
            return self.paired[name]
        other = self.sides[1 - side].pack.inputs
        if name in other and name not in (self.paired if side == OLD else self.paired.values()):
            return f"{name} ({('old', 'new')[side]})"
        return name

    # variables

    def _inputs(self) -> None:
        """The inputs that either side reads, in the order of both."""
        own = [[v for v in s.meaning.variables if v.kind in ("input", "given")] for s in self.sides]
        back = {self.said[OLD][one]: one for one in self.said[OLD]}, {self.said[NEW][one]: one for one in self.said[NEW]}
        order = _merged(*([(v.kind, self.said[side][v.name]) for v in own[side]] for side in (OLD, NEW)))
        for kind, said in _tied(order, [list(self._together(side)) for side in (OLD, NEW)]):
            names = tuple(back[side].get(said, "") for side in (OLD, NEW))
            indexes = [s.meaning.space.index.get((kind, name)) for s, name in zip(self.sides, names, strict=True)]
            cells = tuple(self._cells(kind, names))  # type: ignore[arg-type]  # two names
            self._add(Shared(kind, said, names, cells, *self._line(kind, names)), indexes)  # type: ignore[arg-type]

    def _together(self, side: int) -> Iterator[list[str]]:
        """The inputs that an ``impossible`` entry ties to each other; far apart they would make every diagram large."""
        pack = self.sides[side].pack
        for item in pack.impossible:
            read = [one for one in condition_reads(item.condition) if isinstance(one, Read)]
            names = [name for one in read for name in behind(pack, one)]
            yield [self.said[side][name] for name in names if name in pack.inputs]

    def _add(self, shared: Shared, indexes: list[int | None]) -> None:
        for side, index in enumerate(indexes):
            if index is not None:
                self.place[side][index] = len(self.variables)
        self.variables.append(shared)

    def _cells(self, kind: str, names: tuple[str, str]) -> Iterator[Cell]:
        if kind == "given":
            yield from (Cell((given, given), 1, (i, i)) for i, given in enumerate((True, False)))
            return
        own = [self._own(side, name) for side, name in enumerate(names)]
        if all(names):
            yield from self._both(names, own)
            return
        for variable in filter(None, own):
            for i, (value, count) in enumerate(zip(variable.cells, variable.counts, strict=True)):
                yield Cell((value, None) if names[OLD] else (None, value), count, (i, i))

    def _line(self, kind: str, names: tuple[str, str]) -> tuple[Line | None, dt.timedelta | None]:
        """The values of a number or day that are compared, as steps, and how much earlier a day is for the old pack."""
        asked = [(s.pack.inputs[name], s.day) for s, name in zip(self.sides, names, strict=True) if name]
        if kind == "given" or asked[0][0].type.values:
            return None, None
        if len(asked) == 1:
            return Line(*asked[0]), None
        both, days = (asked[0][0], asked[1][0]), (asked[0][1], asked[1][1])
        return common(both, days), moved(both, days)

    def _own(self, side: int, name: str) -> Variable | None:
        """The variable of one side; None where it does not read the input."""
        space = self.sides[side].meaning.space
        return space.variables[space.index["input", name]] if ("input", name) in space.index else None

    def _both(self, names: tuple[str, str], own: list[Variable | None]) -> Iterator[Cell]:
        """The cells of an input of both sides, for the values that both have."""
        asked = self.sides[OLD].pack.inputs[names[OLD]], self.sides[NEW].pack.inputs[names[NEW]]
        if asked[OLD].type.kind == "yes_no":
            pairs: list[tuple[Any, Any]] = [(False, False), (True, True)]
        elif asked[OLD].type.values:
            pairs = list(self.names.values(names[OLD], asked[OLD].type, asked[NEW].type).items())
        else:
            pairs = []
            yield from self._stretches(asked, own)
        if asked[OLD].optional and asked[NEW].optional:
            pairs.append((ABSENT, ABSENT))
        for pair in pairs:
            places = tuple(v.cells.index(value) if v else 0 for v, value in zip(own, pair, strict=True))
            yield Cell(pair, 1, places)  # type: ignore[arg-type]

    def _stretches(self, asked: tuple[Any, Any], own: list[Variable | None]) -> Iterator[Cell]:
        both = common(asked, (self.sides[OLD].day, self.sides[NEW].day))
        if both is None:
            return
        ago = moved(asked, (self.sides[OLD].day, self.sides[NEW].day))
        starts = [[value for value in v.cells if value is not ABSENT] if v else [both.low] for v in own]
        starts[OLD] = [value + ago for value in starts[OLD]] if ago and own[OLD] else starts[OLD]
        marks = sorted({0, both.count} | {_first(both, start) for side in starts for start in side})
        for low, after in pairwise(mark for mark in marks if 0 <= mark <= both.count):
            value = both.at(low)
            places = tuple(bisect_right(side, value) - 1 if v else 0 for side, v in zip(starts, own, strict=True))
            yield Cell((value - ago if ago else value, value), after - low, places)  # type: ignore[arg-type]

    def _free(self) -> None:
        """What is not followed to the inputs; two that are written the same are one."""
        shared: dict[Any, int] = {}
        for side, s in enumerate(self.sides):
            for index, key in s.meaning.free_keys.items():
                variable = s.meaning.variables[index]
                if key[0] in ("check", "then") and self._never_fails(s, key):
                    self.fixed[side][index] = 0
                    continue
                means = (self.written[side].free(key), variable.cells)
                if means in shared:
                    number = shared[means]
                    self.place[side][index] = number
                    names = (self.variables[number].names[OLD], variable.name)
                    self.variables[number] = replace(self.variables[number], names=names)
                    continue
                shared[means] = len(self.variables)
                cells = tuple(Cell((value, value), 1, (i, i)) for i, value in enumerate(variable.cells))
                names = (variable.name, "") if side == OLD else ("", variable.name)
                self._add(Shared("free", variable.name, names, cells), [index, None] if side == OLD else [None, index])

    def _never_fails(self, side: Side, key: Any) -> bool:
        """Whether what may fail was worked out for every value of the one input that it reads, and never did."""
        exprs: list[Expr] = [key[1]] if key[0] == "check" else [expr for _, expr in key[2]]
        names = {name for expr in exprs for name in behind(side.pack, expr)}
        name = next(iter(names), "")
        if len(names) != 1 or name not in side.pack.inputs or side.pack.inputs[name].type.values:
            return False
        asked = side.pack.inputs[name]
        line = Line(asked, side.day)
        if line.count > WIDEST:
            return False
        readers = [side.reference.reader(expr) for expr in exprs]
        for value in [*line.all(), *[ABSENT] * asked.optional]:
            env = side.reference.env({name: value}, side.day)
            try:
                if ABSENT in [reader(env) for reader in readers] and key[0] == "then":
                    return False
            except CannotWorkOut:
                return False
        return True

    # carrying functions over

    def carried(self, side: int, node: int, leaf: Callable[[Any], Hashable] = lambda value: value, name: Hashable = "") -> int:
        """A function of one side's diagram in the shared one, each value told by ``leaf``; ``name`` stands for ``leaf``."""
        of, place, fixed = self.sides[side].meaning.diagram, self.place[side], self.fixed[side]
        mine = self.diagram

        def go(here: int) -> int:
            key = (side, name, here)
            if key in self._carried:
                return self._carried[key]
            if of.is_leaf(here):
                made = mine.leaf(leaf(of.value(here)))
            elif of.asks(here) in fixed:
                made = go(of.children(here)[fixed[of.asks(here)]])
            else:
                variable, children = place[of.asks(here)], of.children(here)
                made = self._node(variable, [go(children[cell.places[side]]) for cell in self.variables[variable].cells])
            self._carried[key] = made
            return made

        return go(node)

    def _node(self, variable: int, children: list[int]) -> int:
        """A node; where the sides order their variables differently what it leads to may ask earlier ones."""
        diagram = self.diagram
        if not children:
            return diagram.leaf(None)
        if all(variable < diagram.asks(child) or diagram.is_leaf(child) for child in children):
            return diagram.node(variable, tuple(children))
        cells = diagram.variable(variable, range(len(children)))
        return diagram.apply("case", lambda cell, *values: values[cell], cells, *children)

    def formula(self, side: int, rule: str, part: str) -> int:
        """A number for what a formula means: the same for both sides only where they mean the same."""
        return self.number(self.written[side].formula(rule, part))

    def number(self, means: Any) -> int:
        """A number for something that is written out, the same for what is written the same."""
        return self._formulas.setdefault(means, len(self._formulas))

    def known(self, name: Hashable, node: int) -> int:
        """The set of values that a function may have, whatever is free."""
        for index, variable in enumerate(self.variables):
            if variable.kind == "free" and index in self.diagram.support(node):
                parts = [self.diagram.restrict(node, {index: cell}) for cell in range(len(variable.cells))]
                node = self.diagram.apply(("or", name), _union, *parts)
        return self.diagram.apply(("set", name), _as_set, node)

    # counting

    def count(self, node: int, among: Callable[[Any], bool] = bool) -> int:
        """For how many profiles something holds that nothing free stands behind. A profile in which an answer was left out
        counts beside those in which it was given, where a rule asks about that.
        """
        weights = [tuple(cell.count for cell in variable.cells) for variable in self.variables]
        free = 1
        for variable in self.variables:
            free *= len(variable.cells) if variable.kind == "free" else 1
        if any(not sum(cells) for cells in weights):
            return 0
        return self.diagram.count(node, weights, among) // free

    def holds(self, node: int, values: Mapping[str, Any], not_given: tuple[str, ...] = ()) -> bool:
        """Whether something holds of a profile, its values by the newer pack's names; False where a value is missing that it
        rests on, or only one of the packs has it.
        """
        while not self.diagram.is_leaf(node):
            variable = self.variables[self.diagram.asks(node)]
            if variable.kind == "given":
                place: int | None = int(variable.name in not_given)
            else:
                place = self._place(variable, values[variable.name]) if variable.name in values else None
            if place is None:
                return False
            node = self.diagram.children(node)[place]
        return self.diagram.value(node) is True

    def may_hold(self, node: int, values: Mapping[str, Any], not_given: Collection[str] = ()) -> bool:
        """Whether something holds of a profile for some way of filling in what is not among its values."""
        waiting, seen = [node], set[int]()
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            if self.diagram.is_leaf(here):
                if self.diagram.value(here) is True:
                    return True
                continue
            variable, children = self.variables[self.diagram.asks(here)], self.diagram.children(here)
            if variable.kind == "given":
                waiting.append(children[int(variable.name in not_given)])
            elif variable.name not in values:
                waiting += children
            elif (place := self._place(variable, values[variable.name])) is not None:
                waiting.append(children[place])
        return False

    def _place(self, variable: Shared, value: Any) -> int | None:
        """The cell that a value stands in; None where it is not one of both packs."""
        side = NEW if variable.names[NEW] else OLD
        line = variable.line
        if line and value is not ABSENT:
            if not 0 <= line.index(value) < line.count or line.at(line.index(value)) != value:
                return None
            return bisect_right([cell.values[side] for cell in variable.cells if cell.values[side] is not ABSENT], value) - 1
        found = (
            i for i, cell in enumerate(variable.cells) if type(cell.values[side]) is type(value) and cell.values[side] == value
        )
        return next(found, None)

    def uncompared(self) -> Iterator[Uncompared]:
        """What was left out because only one side has it."""
        for variable in self.variables:
            if variable.kind == "input" and all(variable.names):
                yield from filter(None, (self._left_out(variable, side) for side in (OLD, NEW)))

    def _left_out(self, variable: Shared, side: int) -> Uncompared | None:
        asked = [s.pack.inputs[name] for s, name in zip(self.sides, variable.names, strict=True)]
        mine, other = asked[side], asked[1 - side]
        gone: list[str] = []
        if mine.type.values:
            told = {cell.values[side] for cell in variable.cells}
            gone = [value for value in mine.type.values if mine.type.kind != "yes_no" and value not in told]
        elif (mine.low, mine.high, mine.step) != (other.low, other.high, other.step):  # else only `today` may move an end
            kept = sum(cell.count for cell in variable.cells if cell.values[side] is not ABSENT)
            count = Line(mine, self.sides[side].day).count - kept
            gone = [f"{count} value{'' if count == 1 else 's'}"] * bool(count)
        gone += ["absent"] * (mine.optional and not other.optional)
        return Uncompared(variable.name, side, ", ".join(gone), self._lost(variable, side)) if gone else None

    def _lost(self, variable: Shared, side: int) -> int:
        """How many possible profiles of a side have a value of this input that the other side does not."""
        meaning = self.sides[side].meaning
        index = meaning.space.index.get(("input", variable.names[side]))
        weights = [(1,) * len(v.cells) if v.kind in ("measure", "clause") else v.counts for v in meaning.variables]
        free = 1
        for v in meaning.free:
            free *= len(v.cells)
        if index is None:
            return 0
        kept = [0] * len(meaning.variables[index].cells)
        for cell in variable.cells:
            kept[cell.places[side]] += cell.count
        lost = tuple(count - here for count, here in zip(weights[index], kept, strict=True))
        weights[index] = lost
        if not sum(lost):
            return 0
        return meaning.diagram.count(meaning.possible, weights) // free


def _union(*values: Any) -> frozenset[Any]:
    return frozenset().union(*map(_as_set, values))


def _as_set(value: Any) -> frozenset[Any]:
    return value if isinstance(value, frozenset) else frozenset([value])


def _merged(one: list[Any], other: list[Any]) -> list[Any]:
    """Two orders in one: the first, with what only the other has put behind what it follows there."""
    found = list(one)
    last = -1
    for item in other:
        if item in found:
            last = found.index(item)
        else:
            last += 1
            found.insert(last, item)
    return found


def _tied(order: list[Any], groups: list[list[list[str]]]) -> list[Any]:
    """An order of variables with those of each group beside each other, behind the first of them."""
    found = list(order)
    for names in (names for side in groups for names in side):
        tied = [item for item in found if item[1] in names]
        if tied:
            at = found.index(tied[0])
            found = [*found[:at], *tied, *(item for item in found[at:] if item not in tied)]
    return found


def behind(pack: CompiledPack, expr: Expr) -> Iterator[str]:
    """The names of inputs that an expression reads, through measures; of a decision its own name."""
    for read in reads(expr):
        if isinstance(read, Read) and read.of == "measure":
            yield from behind(pack, pack.measures[read.name].expr)
        elif isinstance(read, Read) and read.name != "today":
            yield read.name
        elif not isinstance(read, Read) and hasattr(read, "name"):
            yield f"{read.name}?"


def common(asked: tuple[Any, Any], days: tuple[dt.date, dt.date]) -> Line | None:
    """The values that two number or date inputs have in common, as steps; None where there are none."""
    one, other = (Line(each, day) for each, day in zip(asked, days, strict=True))
    one.low += moved(asked, days) or type(one.low - one.low)()
    high = min(one.at(one.count - 1), other.at(other.count - 1)) if one.count and other.count else None
    if high is None:
        return None
    if one.days:
        low: Any = max(one.low, other.low)
        step: Any = None
    else:
        steps = [Fraction(line.step) for line in (one, other)]
        top = lcm(steps[0].numerator * steps[1].denominator, steps[1].numerator * steps[0].denominator)
        step = Fraction(top, steps[0].denominator * steps[1].denominator)
        start = max(one.low, other.low)
        places = (one.at(max(0, one.index(start - one.step)) + i) for i in range(int(step / steps[0]) + 3))
        low = next((x for x in places if x >= start and (x - other.low) % other.step == 0), None)
        if low is None:
            return None
    if low > high:
        return None
    line = Line(replace(asked[NEW], low=low, high=high, step=step or asked[NEW].step), days[NEW])
    return line if line.count else None


def moved(asked: tuple[Any, Any], days: tuple[dt.date, dt.date]) -> dt.timedelta | None:
    """How much later the new pack meets a day that can be no later than that of the decision: such a day is taken to be as long
    ago for both, so that the packs do not differ merely because they are read on two days. None where it is the same day.
    """
    until_today = asked[OLD].high == asked[NEW].high == "today"
    return days[NEW] - days[OLD] if until_today and days[NEW] != days[OLD] else None


def _first(line: Line, value: Any) -> int:
    """The number of the first step at or above a value."""
    index = line.index(value)
    return index if line.at(index) == value else index + 1
