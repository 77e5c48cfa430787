# SPDX-License-Identifier: MIT
"""The command line as people and programs meet it: what it prints, where, and how it ends."""

from __future__ import annotations

import http.client
import importlib.util
import json
import os
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from click.testing import CliRunner

from continuum import Decision
from continuum.caseload_files import read_rows, sniffed
from continuum.cli import COMMANDS, cli, main
from continuum.errors import CODES, EngineError, Finding, ProfileError
from continuum.rulebook import ENGINES, Rulebook

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
PUPIL = str(EXAMPLES / "pupil.yaml")
UPN = "A801200001001"

PACK = """\
format: 1
id: tiny
version: "1.0.0"
title: A tiny pack
authority: {scheme: test, code: "1", name: A council}
status: illustrative
in_force: {from: 2020-01-01}
outcomes: [band]
inputs:
  age: {ask: Age, type: integer, min: 0, max: 25}
decisions:
  - decision: band
    asks: Which band?
    type: {scale: [low, high]}
    hit: first
    rules:
      - {id: BND-1, when: {age: ">= 10"}, then: high, because: Ten or older.}
      - {id: BND-0, otherwise: low, because: Younger.}
cases:
  - {id: young, on: 2025-10-01, given: {age: 9}, expect: {band: low}}
  - {id: old, on: 2025-10-01, given: {age: 10}, expect: {band: high}}
"""


@pytest.fixture
def tiny(tmp_path):
    """A pack in one file, by its path."""
    path = tmp_path / "tiny.yaml"
    path.write_text(PACK, encoding="utf-8")
    return path


def run(*arguments, given=None):
    """The command line in this process."""
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], input=given)


def shell(*arguments, given=None, **environment):
    """The command line as a program of its own."""
    return subprocess.run(
        [sys.executable, "-m", "continuum.cli", *map(str, arguments)],
        input=given, capture_output=True, check=False, cwd=ROOT, env={**os.environ, **environment}, timeout=60,
    )  # fmt: skip


def test_the_example_is_decided_as_it_stands():
    """The first command a reader types must work."""
    result = shell("decide", "examples/pupil.yaml")
    text = result.stdout.decode("utf-8")
    assert result.returncode == 0
    assert result.stderr == b""
    assert "ILLUSTRATIVE" in text
    assert "Element 3" in text
    assert "£" in text
    durable = importlib.util.find_spec("durable") is not None
    assert ("reference and durable" in text) if durable else ("ot cross-checked: the durable engine" in text)


def test_a_decision_in_json_fits_the_schema_and_reads_back():
    """Programs rely on the schema, so what is printed must satisfy it."""
    schema = json.loads(run("schema", "result").stdout)
    result = run("decide", PUPIL, "--format", "json")
    data = json.loads(result.stdout)
    assert {"outcomes", "reasons", "engines", "pack"} <= set(schema["properties"])
    jsonschema.validate(data, schema)
    assert Decision.model_validate_json(result.stdout).model_dump(mode="json") == data
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "status": "granted"}, schema)


def test_the_examples_fit_the_profile_schema():
    """The schema is what a form or another system is built from."""
    schema = json.loads(run("schema", "profile").stdout)
    profile = json.loads((EXAMPLES / "pupil-unknowns.json").read_text(encoding="utf-8"))["profile"]
    profile["advice_date"] = None
    jsonschema.validate(profile, schema)


def test_a_bad_row_is_named_and_the_others_are_decided():
    """Nothing may be dropped from a caseload, and a partial failure is never exit 0."""
    result = run("decide", EXAMPLES / "pupils.csv", "--format", "jsonl")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [row["row"] for row in rows] == list(range(1, 9))
    assert [row["row"] for row in rows if "errors" in row] == [6]
    assert rows[5]["ref"] == "EX-106"
    assert rows[5]["errors"][0]["code"] == "CX502"
    assert "pupils.csv:7: error[CX502]" in result.stderr
    assert "7 decided, 1 not decided" in result.stderr


def test_text_for_many_has_a_block_for_each_and_says_the_standing_once():
    """A reader of a long list needs each case by its reference, and the standing of the pack on top."""
    text = run("decide", EXAMPLES / "pupils.csv").stdout
    assert text.count("ILLUSTRATIVE") == 1
    assert "row 6 (EX-106): NOT DECIDED" in text
    assert all(f"EX-10{number}" in text for number in range(1, 9))


def test_json_for_many_is_one_list():
    """Programs that read the whole output at once need one document."""
    rows = json.loads(run("decide", EXAMPLES / "pupils.csv", "--format", "json").stdout)
    assert len(rows) == 8
    schema = json.loads(run("schema", "result").stdout)
    for row in rows:
        if "decision" in row:
            jsonschema.validate(row["decision"], schema)


def test_unknowns_give_a_range_and_what_would_settle_it():
    """An open answer is an answer: exit 0."""
    result = run("decide", EXAMPLES / "pupil-unknowns.json", "--format", "json")
    data = json.loads(result.stdout)
    assert result.exit_code == 0
    assert data["status"] == "range"
    assert "advice_date" in [missing["field"] for missing in data["missing"]]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("age: 9\non: 2025-10-01\n", "yaml"),
        ("- {age: 9, on: 2025-10-01}\n", "yaml"),
        ('{"age": 9, "on": "2025-10-01"}', "json"),
        ('[{"profile": {"age": 9}, "on": "2025-10-01"}]', "json"),
        ('{"age": 9, "on": "2025-10-01"}\n{"age": 9, "on": "2025-10-01"}\n', "jsonl"),
        ("age,on\n9,2025-10-01\n", "csv"),
        ("\ufeffage;on\r\n9;2025-10-01\r\n", "csv"),
        ("age\ton\n9\t2025-10-01\n", "csv"),
    ],
)
def test_standard_input_may_be_of_any_format(tiny, text, form):
    """What a pipe carries has no name to tell its format by."""
    assert sniffed(text.removeprefix("\ufeff")) == form
    result = run("decide", "-", "--pack", tiny, "--format", "jsonl", given=text.encode("utf-8"))
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout.splitlines()[0])["decision"]["outcomes"]["band"]["value"] == "low"


def test_the_day_is_always_given(tiny):
    """A decision without a day could not be repeated."""
    result = run("decide", "-", "--pack", tiny, given=b"age: 9\n")
    assert result.exit_code == 2
    assert "the day is always given: add `--on 2025-10-01`" in result.stderr


def test_a_row_without_a_day_is_a_bad_row(tiny):
    """One forgotten day must not stop the other rows."""
    result = run("decide", "-", "--pack", tiny, "--format", "jsonl", given=b"age,on\n9,2025-10-01\n9,\n")
    assert result.exit_code == 1
    assert json.loads(result.stdout.splitlines()[1])["errors"][0]["code"] == "CX802"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["decid"], "did you mean `decide`?"),
        (["decide", PUPIL, "--onn", "2025-10-01"], "--on"),
        (["decide", PUPIL, "--on", "1/10/2025"], "did you mean `2025-10-01`?"),
        (["decide", PUPIL, "--on", "2025-13-01"], "write it as 2025-10-01"),
        (["decide", PUPIL, "--format", "jsn"], "did you mean `json`?"),
        (["decide", PUPIL, "--pack", "kent-continum"], "did you mean `kent-continuum`?"),
        (["decide", PUPIL, "--pack", "kent-continuum", "--on", "1999-01-01"], "no version of kent-continuum covers 1999-01-01"),
        (["decide"], "continuum decide pupil.yaml --on 2025-10-01"),
        (["decide", "nowhere.yaml"], "CX801"),
        (["check", "nowhere"], "`nowhere` does not exist"),
        (["test", "nowhere"], "`nowhere` does not exist"),
        (["schema", "profil"], "did you mean `profile`?"),
    ],
)
def test_wrong_use_ends_with_2_and_the_nearest_fix(arguments, words):
    """A script tells wrong use from bad content by the exit status; a person needs the fix."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"age\n\xff\n", "it is not UTF-8 text"),
        ("a.csv", b"", "it has no header"),
        ("a.csv", b"age,age\n1,2\n", "two columns are named `age`"),
        ("a.csv", b"age,,on\n1,2,3\n", "column 2 has no name"),
        ("a.csv", b"age,on\n", "it holds no profiles"),
        ("a.json", b'{"age": }', "it is not valid JSON"),
        ("a.json", b'[{"age": 1} {"age": 2}]', "a comma is missing"),
        ("a.json", b'{"age": 1} {"age": 2}', "something stands after the end"),
        ("a.json", b"[" * 100_000, "nested too deeply"),
        ("a.yaml", b"age: [1\n", "not valid YAML"),
        ("a.yaml", b"age: &a 1\n", "an anchor or an alias"),
        ("a.yaml", b"nine\n", "not a profile"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path, name, data, words):
    """The whole file is refused before anything is decided, so that no half result is taken for a whole one."""
    path = tmp_path / name
    path.write_bytes(data)
    result = run("decide", path, PUPIL)
    assert result.exit_code == 2
    assert "CX801" in result.stderr
    assert words in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("name", "data", "line", "words"),
    [
        ("a.yaml", "- {age: 9}\n- age: 9\n  age: 10\n- {age: 9}\n", 3, "`age` stands twice"),
        ("a.json", '[{"age": 9},\n{"age": 9, "age": 10},\n{"age": 9}]', 2, "`age` stands twice"),
        ("a.jsonl", '{"age": 9}\n{"age": \n{"age": 9}\n', 2, "not valid JSON"),
        ("a.csv", "age,ref\n9,a\n9\n9,c\n", 3, "the row has 1 cells and the header has 2"),
        ("a.csv", "age,ref\n9,a\n9,b,c\n9,c\n", 3, "the row has 3 cells and the header has 2"),
        ("a.json", '[{"age": 9},\n7,\n{"age": 9}]', 2, "a profile is keys and values"),
    ],
)
def test_a_row_that_cannot_be_read_leaves_the_others(tmp_path, tiny, name, data, line, words):
    """A typing slip in one row costs that row and no other."""
    path = tmp_path / name
    path.write_text(data, encoding="utf-8")
    result = run("decide", path, "--pack", tiny, "--on", "2025-10-01", "--format", "jsonl")
    rows = [json.loads(text) for text in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert ["errors" in row for row in rows] == [False, True, False]
    assert rows[1]["errors"][0]["code"] == "CX802"
    assert f"{name}:{line}: error[CX802]" in result.stderr
    assert words in result.stderr


def test_an_unclosed_quotation_mark_is_told_and_not_swallowed(tmp_path, tiny):
    """What follows an unclosed quotation mark cannot be told apart, so it is reported instead of dropped."""
    path = tmp_path / "a.csv"
    path.write_text('age,ref\n9,a\n9,"b\n9,c\n', encoding="utf-8")
    result = run("decide", path, "--pack", tiny, "--on", "2025-10-01", "--format", "jsonl")
    assert result.exit_code == 1
    assert "errors" in json.loads(result.stdout.splitlines()[-1])


def test_numbers_in_json_stay_exact(tmp_path):
    """Floating point would change amounts without anyone seeing it."""
    path = tmp_path / "a.json"
    path.write_text('{"cost": 0.1, "huge": 1e999999999, "count": 3}', encoding="utf-8")
    given = read_rows(str(path))[0].given
    assert given == {"cost": Decimal("0.1"), "huge": "1e999999999", "count": 3}


def test_text_in_yaml_is_not_guessed_at(tmp_path):
    """`no`, `010` and dates mean what the field says they mean."""
    path = tmp_path / "a.yaml"
    path.write_text("plan: no\ncode: 010\nday: 2025-10-01\n", encoding="utf-8")
    assert read_rows(str(path))[0].given == {"plan": "no", "code": "010", "day": "2025-10-01"}


@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_a_pupil_number_is_never_printed(form):
    """The number is the pupil's identity; a shifted column must not bring it into a log."""
    rows = f"ref,upn,age,on\n{UPN},{UPN},9,2025-10-01\n1,B{UPN[1:]},9,2025-10-01\n2,,{UPN},2025-10-01\n"
    result = run("decide", "-", "--format", form, given=rows.encode())
    assert result.exit_code == 1
    assert UPN[1:] not in result.output


def test_the_same_fault_in_many_rows_is_written_out_once(tiny):
    """A misnamed column in a long file must not bury everything else."""
    result = run("decide", "-", "--pack", tiny, given=b"aeg,on\n9,2025-10-01\n8,2025-10-01\n")
    assert result.stderr.count("`aeg` is not asked") == 1
    assert "standard input:3: CX501: the same as line 2" in result.stderr


def test_a_profile_file_may_name_its_pack_by_path(tmp_path, tiny):
    """An example with its pack beside it works from any folder."""
    path = tmp_path / "a.yaml"
    path.write_text(f"pack: ./{tiny.name}\non: 2025-10-01\nprofile: {{age: 12}}\n", encoding="utf-8")
    result = run("decide", path, "--format", "json")
    assert json.loads(result.stdout)["outcomes"]["band"]["value"] == "high"


def test_a_row_that_names_a_pack_that_is_not_there_costs_only_that_row(tmp_path, tiny):
    """The other rows have packs of their own."""
    path = tmp_path / "a.csv"
    path.write_text(f"age,pack\n9,./nowhere.yaml\n9,no-such-pack\n9,./{tiny.name}\n", encoding="utf-8")
    result = run("decide", path, "--on", "2025-10-01", "--format", "jsonl")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert ["errors" in row for row in rows] == [True, True, False]


def test_engines_that_differ_stop_everything(monkeypatch):
    """Where the two engines differ one of them is wrong, and no result of either may be used."""

    def differ(*_, **__):
        raise EngineError(Finding("CX703", "the engines differ on band; no decision is given"))

    monkeypatch.setattr(Rulebook, "decide", differ)
    result = run("decide", EXAMPLES / "pupils.csv")
    assert result.exit_code == 1
    assert result.stderr.count("CX703") == 1
    assert result.stdout == ""


@pytest.mark.parametrize("engine", ["there", "not there"])
def test_who_was_asked_is_always_said(monkeypatch, tiny, engine):
    """A reader must see whether the result was cross-checked, and if not why."""

    def refuse(_):
        raise EngineError(Finding("CX701", "the durable engine is not installed"))

    if engine == "not there":
        monkeypatch.setitem(ENGINES, "durable", refuse)
    elif importlib.util.find_spec("durable") is None:
        pytest.skip("the durable extra is not installed")
    said = "reference and durable" if engine == "there" else "ot cross-checked: the durable engine is not installed"
    one = run("decide", "-", "--pack", tiny, "--on", "2025-10-01", given=b"age: 9\n")
    many = run("decide", "-", "--pack", tiny, "--on", "2025-10-01", given=b"age,ref\n9,a\n10,b\n")
    assert said in " ".join(one.stdout.split())
    assert " ".join(many.stdout.split()).count(said) == 2


@pytest.mark.parametrize("reader", ["parent", "panel", "trace"])
def test_explain_speaks_to_each_reader(reader):
    """Each form says the standing of the pack and that people decide."""
    result = run("explain", PUPIL, "--for", reader)
    assert result.exit_code == 0
    assert "ILLUSTRATIVE" in result.stdout
    assert "advice" in result.stdout


def test_packs_are_listed_with_their_standing(tiny):
    """Which thresholds are proposals and which are in force is the first thing to know."""
    text = run("packs").stdout
    data = json.loads(run("packs", "--path", tiny, "--format", "json").stdout)
    assert "national-layers-2026" in text
    assert "proposed" in text
    assert {"tiny", "kent-continuum"} <= {entry["id"] for entry in data}


def test_schemas_are_written_for_every_kind(tmp_path):
    """Editors need them as files."""
    result = run("schema", "--out", tmp_path / "schemas")
    files = {path.stem for path in (tmp_path / "schemas").iterdir()}
    assert result.stdout == ""
    assert {"pack", "inputs", "decision", "one-file", "profile", "result"} <= files
    for path in (tmp_path / "schemas").iterdir():
        jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))
    assert set(json.loads(run("schema").stdout)) == files


def test_worked_examples_that_hold_pass(tiny):
    """The closing line is what a person looks for."""
    result = run("test", tiny)
    assert result.exit_code == 0
    assert result.stdout == "tiny 1.0.0 (illustrative): 2 passed\n2 passed, 0 failed\n"


def test_worked_examples_that_fail_are_named_with_file_and_line(tiny):
    """An editor jumps to file:line."""
    tiny.write_text(PACK.replace("{age: 10}, expect: {band: high}", "{age: 10}, expect: {band: low}"), encoding="utf-8")
    result = run("test", tiny)
    assert result.exit_code == 1
    assert "tiny.yaml:21:" in result.stdout
    assert "case `old`: `band` is high, expected low" in result.stdout
    assert result.stdout.endswith("1 passed, 1 failed\n")


def test_a_pack_that_cannot_be_read_fails_the_run(tiny):
    """A broken pack must not look like one whose examples all hold."""
    tiny.write_text(PACK.replace("then: high", "then: hihg"), encoding="utf-8")
    result = run("test", tiny)
    assert result.exit_code == 1
    assert "did you mean `high`?" in result.stdout
    assert result.stdout.endswith("0 passed, 0 failed, 1 pack not run\n")


@pytest.fixture
def broken(tiny):
    """A pack with one mistake, at a known place."""
    tiny.write_text(PACK.replace("{age: '>= 10'}", "{}").replace("when: {age", "when: {aeg"), encoding="utf-8")
    return tiny


def test_check_tells_people_where_and_what(broken, tiny):
    """Code, place, what, expected, nearest fix."""
    result = run("check", broken)
    assert result.exit_code == 1
    assert "tiny.yaml:17:" in result.stdout
    assert "did you mean `age`?" in result.stdout
    tiny.write_text(PACK, encoding="utf-8")
    fine = run("check", tiny)
    assert (fine.exit_code, fine.stdout.splitlines()[-1]) == (0, "1 pack checked, 1 note")


def test_check_speaks_json_and_github(broken):
    """One list of findings, in the words of each program."""
    data = json.loads(run("check", broken, "--format", "json").stdout)
    finding = data[0]["findings"][0]
    assert finding["code"] in CODES
    assert finding["place"]["line"] == 17
    line = run("check", broken, "--format", "github").stdout.splitlines()[0]
    assert line.startswith("::error file=")
    assert f"title={finding['code']}::" in line


def test_check_speaks_sarif(broken):
    """The least that code hosts ask of SARIF 2.1.0."""
    result = run("check", broken, "--format", "sarif")
    data = json.loads(result.stdout)
    one = data["runs"][0]["results"][0]
    assert data["version"] == "2.1.0"
    assert data["runs"][0]["tool"]["driver"]["name"] == "continuum"
    assert {rule["id"] for rule in data["runs"][0]["tool"]["driver"]["rules"]} >= {one["ruleId"]}
    assert one["level"] == "error"
    assert one["message"]["text"]
    region = one["locations"][0]["physicalLocation"]["region"]
    assert region["startLine"] == 17
    assert region["startColumn"] >= 1


def test_check_speaks_junit(broken, tiny):
    """Build servers read this."""
    root = ET.fromstring(run("check", broken, "--format", "junit").stdout)  # noqa: S314  # written here
    assert int(root.get("failures")) == len(root.findall(".//failure")) >= 1
    tiny.write_text(PACK, encoding="utf-8")
    root = ET.fromstring(run("check", tiny, "--format", "junit").stdout)  # noqa: S314  # as above
    assert root.get("failures") == "0"


def test_check_of_one_file_of_a_pack_checks_the_pack():
    """Commit hooks name the files that changed, not the packs."""
    folder = ROOT / "rules" / "kent-continuum" / "2025.9.0"
    result = run("check", folder / "inputs.yaml", folder / "decisions" / "band.yaml", folder / "pack.yaml")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "1 pack checked, 3 notes")


def test_the_shipped_packs_are_free_of_errors_and_warnings():
    """What ships must pass its own check."""
    result = run("check", ROOT / "rules")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "5 packs checked, 5 notes")


def test_every_command_has_help():
    """The list in the group is what `--help` shows, so each name must load."""
    text = run("--help").stdout
    for name in COMMANDS:
        assert name in text
        assert run(name, "--help").exit_code == 0


@pytest.mark.parametrize("name", ["zsh", "fish"])
def test_completion_scripts_are_printed(name):
    """The script names the variable that click answers to."""
    assert "_CONTINUUM_COMPLETE" in run("completion", name).stdout


def test_completion_answers():
    """Completion must work in the lazy group too."""
    environment = {"_CONTINUUM_COMPLETE": "bash_complete", "COMP_WORDS": "continuum de", "COMP_CWORD": "1"}
    assert shell(**environment).stdout.decode().strip() == "plain,decide"


def test_output_is_utf_8_in_any_locale():
    """A pound sign must survive a server whose locale is C."""
    result = shell("explain", "examples/pupil.yaml", "--for", "parent", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert "£" in result.stdout.decode("utf-8")


def test_a_reader_that_goes_away_is_no_fault():
    """`continuum decide ... | head -1` ends quietly."""
    command = [sys.executable, "-m", "continuum.cli", "schema"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout.read(1) == b"{"
        process.stdout.close()
        told = process.stderr.read()
    assert told == b""


def test_a_fault_of_the_library_is_no_traceback(monkeypatch, capsys):
    """A traceback could hold a profile, and helps nobody who is not a programmer."""

    def fail(*_, **__):
        raise RuntimeError(UPN)

    monkeypatch.setattr(cli, "main", fail)
    monkeypatch.delenv("CONTINUUM_DEBUG", raising=False)
    with pytest.raises(SystemExit) as ended:
        main()
    shown = capsys.readouterr()
    assert ended.value.code == 1
    assert "fault of continuum" in shown.err
    assert UPN not in shown.err
    assert "Traceback" not in shown.err


def test_no_escape_codes_are_printed():
    """NO_COLOR is obeyed by never colouring."""
    assert b"\x1b" not in shell("decide", "examples/pupils.csv", FORCE_COLOR="1").stdout


def test_an_empty_file_holds_no_profiles(tmp_path):
    """An empty file is a mistake, not an empty success."""
    path = tmp_path / "a.yaml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(ProfileError, match="CX801"):
        read_rows(str(path))


@pytest.fixture
def service():
    """The example service on this computer, on a free port."""
    spec = importlib.util.spec_from_file_location("example_service", EXAMPLES / "service" / "app.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server = module.serve(0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def ask(port, method, path, body=None):
    """One request to the service."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body)
    answer = connection.getresponse()
    data = json.loads(answer.read())
    connection.close()
    return answer.status, data


def test_the_example_service_decides_and_keeps_its_log_clean(service, caplog):
    """Data in, decision out, and nothing about a pupil in the log."""
    caplog.set_level("INFO", logger="continuum.service")
    profile = json.dumps({"ref": "EX-777", "upn": "", "age": 9, "plan": "ehcp", "provision_cost": 7000.5})
    status, data = ask(service, "POST", "/decide?on=2025-10-01&words=parent", profile)
    assert status == 200
    assert data["decision"]["pack"]["id"] == "kent-continuum"
    assert "ILLUSTRATIVE" in data["words"]
    assert ask(service, "POST", "/decide?on=2025-10-01", '{"age": "EX-778"}')[0] == 422
    assert ask(service, "POST", "/decide", profile)[0] == 400
    assert ask(service, "POST", "/decide?on=2025-10-01", "{")[0] == 400
    assert ask(service, "POST", "/decide?on=2025-10-01", "[1]")[0] == 400
    assert ask(service, "GET", "/nowhere?ref=EX-779")[0] == 404
    assert ask(service, "GET", "/health")[0] == 200
    assert ask(service, "GET", "/packs")[1]["packs"][0]["status"] == "illustrative"
    jsonschema.Draft202012Validator.check_schema(ask(service, "GET", "/schema?on=2025-10-01")[1])
    assert "POST /decide 200" in caplog.text
    assert "EX-77" not in caplog.text
    assert "7000" not in caplog.text
