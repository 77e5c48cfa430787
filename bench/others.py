# SPDX-License-Identifier: MIT
"""The engines of others: each function turns the rules into what its engine reads, and says what the engine has no word for."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from forms import Decider, item, one_by_one, selected
from numpy.typing import NDArray
from plain_rules import Rows, Rule, Rules, Table, Test

MONTH = "2025-10"


def zen(rules: Rules) -> Decider:
    """A decision graph of three decision tables whose hit policy is ``first``."""
    engine = importlib.import_module("zen").ZenEngine()
    decision = engine.create_decision(json.dumps(_graph(rules)))
    return one_by_one(rules, lambda row: decision.evaluate(row)["result"], Rows.dicts, item)


def zen_batch(rules: Rules) -> Decider:
    """The same, given all rows in one call."""
    content = {"pack": _graph(rules)}
    engine = importlib.import_module("zen").ZenEngine({"loader": {"type": "static", "content": content}})

    def decide(requests: list[dict[str, Any]]) -> list[Any]:
        return [made["data"]["result"] for made in engine.evaluate_batch(requests)]

    single = one_by_one(rules, lambda row: row, Rows.dicts, item)
    return Decider(lambda rows: [{"key": "pack", "context": row} for row in rows.dicts()], decide, single.bands, loops=True)


def _graph(rules: Rules) -> dict[str, Any]:
    place = {"x": 0, "y": 0}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": place},
        {"id": "out", "name": "out", "type": "outputNode", "position": place},
    ]
    edges = []
    for table in rules.tables:
        content = {
            "hitPolicy": "first",
            "inputs": [{"id": name, "name": name, "field": name} for name in rules.inputs],
            "outputs": [{"id": "then", "name": "then", "field": table.name}],
            "rules": [
                {"_id": str(number), "then": f'"{then}"'} | {test.name: _feel(rules, test) for test in tests}
                for number, (tests, then) in enumerate([*table.rules, Rule((), table.otherwise)])
            ],
        }
        for row in content["rules"]:
            row |= {name: "" for name in rules.inputs if name not in row}
        nodes.append({"id": table.name, "name": table.name, "type": "decisionTableNode", "content": content, "position": place})
        for source, target in (("in", table.name), (table.name, "out")):
            edges.append({"id": f"{source}-{target}", "sourceId": source, "targetId": target, "type": "edge"})
    return {"nodes": nodes, "edges": edges}


def _feel(rules: Rules, test: Test) -> str:
    return f"> {test.value}" if test.op == ">" else ", ".join(f'"{word}"' for word in rules.words(test))


def rule_engine(rules: Rules) -> Decider:
    """It knows rules, not tables: each table is a loop that stops at the first rule that matches."""
    made = importlib.import_module("rule_engine").Rule

    def text(test: Test) -> str:
        if test.op == ">":
            return f"{test.name} > {test.value}"
        return "(" + " or ".join(f'{test.name} == "{word}"' for word in rules.words(test)) + ")"

    tables = [
        (table.name, [(made(" and ".join(map(text, tests))).matches, then) for tests, then in table.rules], table.otherwise)
        for table in rules.tables
    ]

    def one(row: dict[str, Any]) -> dict[str, str]:
        return {name: next((then for matches, then in items if matches(row)), rest) for name, items, rest in tables}

    return one_by_one(rules, one, Rows.dicts, item)


def business_rules(rules: Rules) -> Decider:
    """It compares numbers, so a level is its place; ``stop_on_first_trigger`` makes a table ``first``."""
    library_ = importlib.import_module("business_rules")
    variables = importlib.import_module("business_rules.variables")
    actions = importlib.import_module("business_rules.actions")
    fields = importlib.import_module("business_rules.fields")

    def variable(name: str) -> Any:
        def read(self: Any) -> int:
            number: int = self.row[name]
            return number

        return variables.numeric_rule_variable(label=name)(read)

    body = {name: variable(name) for name in rules.inputs}
    pupil = type("Pupil", (variables.BaseVariables,), {"__init__": lambda self, row: setattr(self, "row", row), **body})

    def put(self: Any, table: str, band: str) -> None:
        self.found[table] = band

    put = actions.rule_action(params={"table": fields.FIELD_TEXT, "band": fields.FIELD_TEXT})(put)
    outcome = type("Outcome", (actions.BaseActions,), {"__init__": lambda self: setattr(self, "found", {}), "put": put})
    ops = {">=": "greater_than_or_equal_to", "=": "equal_to", ">": "greater_than"}

    def rule(table: Table, tests: Iterable[Test], then: str) -> dict[str, Any]:
        every = [{"name": test.name, "operator": ops[test.op], "value": rules.place(test)} for test in tests]
        every = every or [{"name": rules.inputs[0], "operator": "greater_than_or_equal_to", "value": 0}]
        return {"conditions": {"all": every}, "actions": [{"name": "put", "params": {"table": table.name, "band": then}}]}

    tables = [
        [*(rule(table, tests, then) for tests, then in table.rules), rule(table, (), table.otherwise)] for table in rules.tables
    ]

    def one(row: dict[str, int]) -> dict[str, str]:
        given, found = pupil(row), outcome()
        for table in tables:
            library_.run_all(table, given, found, stop_on_first_trigger=True)
        answer: dict[str, str] = found.found
        return answer

    return one_by_one(rules, one, Rows.coded, item)


def durable(rules: Rules) -> Decider:
    """Each table is a rule set to which the pupil is posted as an event: the first rule by priority takes it, and no other."""
    host_ = importlib.import_module("durable.engine").Host
    quiet = type("Quiet", (host_,), {"_run": lambda _: None})  # no timer threads, which would run beside what is timed
    found: dict[str, str] = {}

    def action(table: str, band: str) -> Callable[[Any], None]:
        def put(context: Any) -> None:  # noqa: ARG001  # an action takes its context
            found[table] = band

        return put

    def clause(test: Test) -> dict[str, Any]:
        value = rules.place(test)
        return {test.name: value} if test.op == "=" else {"$gte" if test.op == ">=" else "$gt": {test.name: value}}

    def rule_set(table: Table) -> dict[str, Any]:
        rows = [*table.rules, Rule((Test(rules.levels[0], ">=", rules.scale[0]),), table.otherwise)]
        return {
            f"r{number}": {
                "all": [{"m": {"$and": [clause(test) for test in tests]} if len(tests) > 1 else clause(tests[0])}],
                "pri": number + 1,
                "run": action(table.name, then),
            }
            for number, (tests, then) in enumerate(rows)
        }

    host = quiet({table.name: rule_set(table) for table in rules.tables})
    names = [table.name for table in rules.tables]

    def one(row: dict[str, int]) -> dict[str, str]:
        for name in names:
            host.post(name, dict(row))  # it writes the state's name into what it is given
        return dict(found)

    return one_by_one(rules, one, Rows.coded, item)


def openfisca(rules: Rules) -> Decider:
    """Each table is a variable whose formula selects by conditions over the arrays of a population of persons."""
    entities = importlib.import_module("openfisca_core.entities")
    periods = importlib.import_module("openfisca_core.periods")
    builder = importlib.import_module("openfisca_core.simulation_builder").SimulationBuilder
    system_ = importlib.import_module("openfisca_core.taxbenefitsystems").TaxBenefitSystem
    variable = importlib.import_module("openfisca_core.variables").Variable
    person = entities.Entity("person", "persons", "A person", "")
    system = system_([person])
    common = {"value_type": int, "entity": person, "definition_period": periods.DateUnit.MONTH}
    for name in rules.inputs:
        system.add_variable(type(name, (variable,), dict(common, label=name)))

    def formula(table: Table) -> Callable[..., Any]:
        def work_out(persons: Any, period: Any) -> Any:
            arrays = {name: persons(name, period) for name in dict.fromkeys(t.name for rule in table.rules for t in rule.tests)}
            return selected(rules, table, arrays)

        return work_out

    for table in rules.tables:
        system.add_variable(type(table.name, (variable,), dict(common, label=table.name, formula=formula(table))))

    def decide(columns: dict[str, NDArray[Any]]) -> dict[str, Any]:
        simulation = builder().build_default_simulation(system, count=len(columns[rules.inputs[0]]))
        for name, column in columns.items():
            simulation.set_input(name, MONTH, column)
        return {table.name: simulation.calculate(table.name, MONTH) for table in rules.tables}

    def form(rows: Rows) -> dict[str, NDArray[Any]]:
        return {name: column.astype(np.int32) for name, column in rows.columns.items()}

    return Decider(form, decide, lambda made: {name: one.astype(np.uint8) for name, one in made.items()})


def spiff(rules: Rules) -> Decider:
    """DMN tables read from XML and decided by its table engine, without a process around them. It has no hit policy ``first``;
    ``unique`` stops at the first rule that holds, and is used. Cells are Python.
    """
    etree = importlib.import_module("lxml.etree")
    parser_ = importlib.import_module("SpiffWorkflow.dmn.parser.DMNParser")
    engine_ = importlib.import_module("SpiffWorkflow.dmn.engine.DMNEngine").DMNEngine
    script = importlib.import_module("SpiffWorkflow.bpmn.script_engine").PythonScriptEngine()
    spaces = {"dmn": "https://www.omg.org/spec/DMN/20191111/MODEL/"}

    def cell(test: Test) -> str:
        if test.op == ">":
            return f"? > {test.value}"
        return f"? in {rules.words(test)!r}"

    tables = []
    for table in rules.tables:
        root = etree.fromstring(_dmn(rules, [table], cell, "UNIQUE"))
        parser = parser_.DMNParser(None, root, spaces)
        parser.parse()
        tables.append(engine_(parser.decision.decisionTables[0]))
    workflow = SimpleNamespace(script_engine=script)

    def one(row: dict[str, Any]) -> dict[str, str]:
        task = SimpleNamespace(data=row, workflow=workflow)
        found: dict[str, str] = {}
        for engine in tables:
            found.update(engine.result(task))
        return found

    return one_by_one(rules, one, Rows.dicts, item)


def py_dmn_rules(rules: Rules) -> Decider:
    """DMN tables read from XML, with the hit policy ``first``."""
    dmn = importlib.import_module("pyDMNrules").DMN()
    status = dmn.useXML(_dmn(rules, rules.tables, lambda test: _feel(rules, test), "FIRST"))
    if status.get("errors"):
        raise ValueError(f"pyDMNrules refuses the tables: {status['errors'][0]}")

    def one(row: dict[str, Any]) -> dict[str, str]:
        problem, made = dmn.decide(dict(row))
        if problem.get("errors"):
            raise ValueError(f"pyDMNrules does not decide: {problem['errors'][0]}")
        last = made[-1] if isinstance(made, list) else made
        answer: dict[str, str] = last["Result"]
        return answer

    return one_by_one(rules, one, Rows.dicts, item)


def _dmn(rules: Rules, tables: Iterable[Table], cell: Callable[[Test], str], policy: str) -> str:
    """Tables as DMN 1.3, one decision each."""
    space = "https://www.omg.org/spec/DMN/20191111/MODEL/"
    lines = [f'<definitions xmlns="{space}" id="pack" name="pack" namespace="pack">']
    for name in rules.inputs:
        kind = "string" if name in rules.levels else "number"
        lines.append(
            f'<inputData id="i_{name}" name="{name}"><variable id="v_{name}" name="{name}" typeRef="{kind}"/></inputData>'
        )
    one_table = len(list(tables)) == 1
    if one_table:
        lines = lines[:1]
    for table in tables:
        lines.append(f'<decision id="{table.name}" name="{table.name}">')
        if not one_table:
            lines.append(f'<variable id="v_{table.name}" name="{table.name}" typeRef="string"/>')
            for name in rules.inputs:
                wants = f'<informationRequirement id="q_{table.name}_{name}"><requiredInput href="#i_{name}"/>'
                lines.append(wants + "</informationRequirement>")
        lines.append(f'<decisionTable id="t_{table.name}" hitPolicy="{policy}">')
        for name in rules.inputs:
            kind = "string" if name in rules.levels else "number"
            lines.append(
                f'<input id="n_{table.name}_{name}" label="{name}"><inputExpression id="e_{table.name}_{name}" typeRef="{kind}">'
                f"<text>{name}</text></inputExpression></input>"
            )
        lines.append(f'<output id="o_{table.name}" label="{table.name}" name="{table.name}" typeRef="string"/>')
        for number, (tests, then) in enumerate([*table.rules, Rule((), table.otherwise)]):
            asked = {test.name: escape(cell(test)) for test in tests}
            lines.append(f'<rule id="r_{table.name}_{number}">')
            lines += [
                f'<inputEntry id="c_{table.name}_{number}_{name}"><text>{asked.get(name, "-")}</text></inputEntry>'
                for name in rules.inputs
            ]
            lines.append(f'<outputEntry id="x_{table.name}_{number}"><text>"{then}"</text></outputEntry></rule>')
        lines.append("</decisionTable></decision>")
    return "\n".join([*lines, "</definitions>"])
