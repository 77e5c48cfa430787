# SPDX-License-Identifier: MIT
"""A folder or file to a checked :class:`~continuum.packs.model.Pack`: all errors at once, nothing half-loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from continuum.errors import Finding, PackError, listed, nearest
from continuum.packs import model
from continuum.packs.reading import Path, Source

FORMATS = ("1",)
CASE_DEPTH = 4  # "cases", the file, "cases", the number
SINGLE_PARTS = ("inputs", "measures", "rates", "terms")


@dataclass(frozen=True)
class Written:
    """A pack as written: its model, its text with places, and the digest of its files."""

    pack: model.Pack
    source: Source
    digest: str
    path: FilePath
    texts: dict[str, str] = field(repr=False)
    """Every file of the pack by its relative name; what a pickled rulebook carries."""


def read_pack(path: FilePath, *, to_compile: bool = False) -> Written:
    """Read the pack in a version's folder or in one file.

    With ``to_compile``, faults that leave a whole pack (an unknown key, say) stay in its source, so that they come together
    with those of compiling, which raises them all.

    Raises:
        PackError: with every fault of reading, each with its place.
    """
    return read_texts(_texts(path), path, to_compile=to_compile)


def read_cases(written: Written) -> tuple[tuple[model.Case, ...], Source]:
    """The worked examples of a pack; read apart from the rules, so that deciding does not wait for them."""
    source = Source()
    raw: list[Any] = []
    for name, text in _case_files(written.texts):
        content = source.read_text(text, name, ("cases", name))
        if isinstance(content, dict):
            if len(written.texts) > 1:
                _unknown_keys(source, content, ("cases", name), model.CasesPart)
            for i, case in enumerate(_list(content.get("cases", []))):
                raw.append((("cases", name, "cases", i), case))
    cases = [_validated(model.Case, case, source, path) for path, case in raw]
    seen: dict[str, int] = {}
    for (path, _), case in zip(raw, cases, strict=True):
        if case and seen.setdefault(case.id, 1) > 1:
            source.report("CX202", (*path, "id"), f"the case `{case.id}` stands twice", hint="give each case its own id")
        if case:
            seen[case.id] += 1
    if source.findings:
        raise PackError(source.findings)
    return tuple(case for case in cases if case), source


def case_paths(source: Source) -> list[Path]:
    """Where each case stands in the text that :func:`read_cases` read, in the same order."""
    return [path for path in source.values if len(path) == CASE_DEPTH and path[0] == path[2] == "cases"]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _case_files(texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, text in texts.items():
        if len(texts) == 1 or "/cases/" in f"/{name}":
            yield name, text


def _texts(path: FilePath) -> dict[str, str]:
    """The YAML files of the pack in one fixed order, with one kind of line end so that a digest travels."""
    if path.is_file():
        files = {path.name: path}
    elif path.is_dir():
        files = {file.relative_to(path).as_posix(): file for file in sorted(path.rglob("*.yaml"))}
        files |= {file.relative_to(path).as_posix(): file for file in sorted(path.rglob("*.yml"))}
    else:
        raise PackError(Finding("CX101", f"there is no file or folder `{path}`"))
    if path.is_dir() and "pack.yaml" not in files:
        hint = "name the folder of one version, or one file"
        raise PackError(Finding("CX109", f"`{path}` holds no pack.yaml", hint=hint))
    return {name: _read_text(file, name) for name, file in files.items()}


def _read_text(file: FilePath, name: str) -> str:
    source = Source()
    try:
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError):
        source.read(file, name)
        raise PackError(source.findings) from None


def _digest(texts: dict[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(texts):
        for piece in (name.encode(), texts[name].encode()):
            digest.update(len(piece).to_bytes(8, "big") + piece)
    return "sha256:" + digest.hexdigest()


def read_texts(texts: dict[str, str], path: FilePath, *, to_compile: bool = False) -> Written:
    """As :func:`read_pack`, from the text of the files by name."""
    source = Source()
    if path.suffix in (".yaml", ".yml") and len(texts) == 1:
        name = next(iter(texts))
        raw = source.read_text(texts[name], name)
        if isinstance(raw, dict):
            _unknown_keys(source, raw, (), model.OneFile)
            raw.pop("cases", None)
    else:
        raw = _merged(source, texts)
    if raw is not None and not isinstance(raw, dict):
        source.report("CX107", (), "a pack is keys and values", expected="format, id, version, title and so on")
    digest = _digest(texts)
    if not isinstance(raw, dict):
        raise PackError(source.findings)
    if str(raw.get("format", "1")) not in FORMATS:
        message = f"this library does not know format `{raw['format']}`"
        source.report("CX110", ("format",), message, expected=listed(FORMATS))
        raise PackError(source.findings)
    pack = _validated(model.Pack, raw, source, ())
    if pack is None or (source.findings and not to_compile):
        raise PackError(source.findings)
    return Written(pack, source, digest, path, texts)


def _merged(source: Source, texts: dict[str, str]) -> dict[str, Any] | None:
    """One mapping from the files of a folder, with the same paths as a pack in one file."""
    raw: dict[str, Any] = {}
    decisions: list[Any] = []
    for name, text in texts.items():
        if name == "pack.yaml":
            _take(source, raw, source.read_text(text, name), model.PackHead)
        elif name in {f"{part}.yaml" for part in SINGLE_PARTS}:
            _take(source, raw, source.read_text(text, name), model.FILES[name.removesuffix(".yaml")])
        elif name.startswith("decisions/"):
            at: Path = ("decisions", len(decisions))
            decisions.append(source.read_text(text, name, at))
        elif not name.startswith("cases/"):
            known = ("pack.yaml", *(f"{part}.yaml" for part in SINGLE_PARTS), "decisions/*.yaml", "cases/*.yaml")
            source.findings.append(
                Finding("CX109", f"`{name}` is not a file of a pack", expected=listed(known), hint=nearest(name, known))
            )
    return raw | {"decisions": decisions}


def _take(source: Source, raw: dict[str, Any], content: Any, part: type[model.Part]) -> None:
    if isinstance(content, dict):
        _unknown_keys(source, content, (), part)
        raw.update({key: value for key, value in content.items() if key in _keys(part)})
    elif content is not None:
        source.report("CX107", (), "this file should hold keys and values", expected=listed(sorted(_keys(part))))


def _keys(part: type[model.Part]) -> set[str]:
    return {info.alias or name for name, info in part.model_fields.items()}


def _unknown_keys(source: Source, content: dict[str, Any], path: Path, part: type[model.Part]) -> None:
    keys = _keys(part)
    for key in [key for key in content if key not in keys]:
        homes = [kind for kind, home in model.FILES.items() if key in _keys(home) and kind in ("pack", *SINGLE_PARTS)]
        hint = nearest(key, keys) or (f"`{key}` belongs in {homes[0]}.yaml" if homes else "")
        source.report(
            "CX104",
            (*path, key),
            f"`{key}` is not a key of this file",
            expected=listed(sorted(keys)),
            hint=hint,
            key=True,
        )
        source.unknown.append((*path, key))
        del content[key]


def _validated(part: type[Any], raw: Any, source: Source, path: Path) -> Any:
    try:
        return part.model_validate(raw)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        extra = [*source.unknown, *(fault["loc"] for fault in faults if fault["type"] == "extra_forbidden")]
        for fault in faults:
            if fault["type"] != "missing" or not _misspelt(fault["loc"], extra):
                _translate(source, part, fault, path)
        return None
    except RecursionError:
        source.report("CX112", path, "this is nested too deeply")
        return None


def _misspelt(missing: tuple[Any, ...], extra: list[tuple[Any, ...]]) -> bool:
    """Whether a missing key stands there under a name so close that the hint for that one says it all."""
    beside = [str(location[-1]) for location in extra if location[:-1] == missing[:-1]]
    return any(nearest(name, [str(missing[-1])]) for name in beside)


def _translate(source: Source, part: type[model.Part], fault: Any, base: Path) -> None:
    """A pydantic fault in the words of a pack's author."""
    location = tuple(piece for piece in fault["loc"])
    key_fault = bool(location) and location[-1] == "[key]"
    path: Path = (*base, *(location[:-1] if key_fault else location))
    path = _known_prefix(source, path, keep_last=fault["type"] == "missing")
    kind, context = fault["type"], fault.get("ctx", {})
    name = str(path[-1]) if path else ""
    if kind == "pack":
        source.report(
            context["code"], path, context["what"],
            expected=context.get("expected", ""), hint=context.get("hint", ""), key=key_fault,
        )  # fmt: skip
    elif kind == "missing":
        source.report("CX105", path[:-1], f"the key `{name}` is missing", hint=f"add `{name}:`")
    elif kind == "extra_forbidden":
        allowed = sorted(_allowed(part, location[:-1]))
        expected = listed(allowed) if allowed else ""
        source.report(
            "CX104", path, f"`{name}` is not a known key here", expected=expected, hint=nearest(name, allowed), key=True
        )
    elif kind in ("literal_error", "enum"):
        found = fault["input"]
        choices = str(context.get("expected", "")).replace("'", "`").replace(" or ", ", ")
        hint = nearest(found, choices.replace("`", "").split(", ")) if isinstance(found, str) else ""
        what = f"`{found}` is not known here" if isinstance(found, str) else "this should be one word"
        source.report("CX108", path, what, expected=f"one of {choices}", hint=hint)
    elif kind in ("dict_type", "model_type", "mapping_type", "model_attributes_type"):
        source.report("CX107", path, f"`{name}` should hold keys and values")
    elif kind == "list_type":
        source.report("CX107", path, f"`{name}` should be a list", hint="write [a, b] or one item a line, each with a hyphen")
    elif kind == "too_short":
        least = context.get("min_length")
        source.report("CX107", path, f"`{name}` has too few items", expected=f"at least {least}")
    elif kind == "too_long":
        source.report("CX107", path, f"`{name}` has too many items", expected=f"at most {context.get('max_length')}")
    else:
        source.report("CX107", path, f"`{name}` is not written as it should be")


def _known_prefix(source: Source, path: Path, *, keep_last: bool) -> Path:
    """Drop the parts pydantic adds for unions and models, which are not places in the text."""
    last = path[-1:] if keep_last else ()
    kept: Path = ()
    for piece in path[: len(path) - len(last)]:
        if (*kept, piece) in source.values or (*kept, piece) in source.keys:
            kept = (*kept, piece)
    return kept + last


def _allowed(part: type[model.Part], location: tuple[Any, ...]) -> set[str]:
    """The keys of the model that the location leads to."""
    homes: dict[str, type[model.Part]] = {
        "decisions": model.Decision, "rules": model.Rule, "inputs": model.Input, "measures": model.Measure,
        "rates": model.Rate, "terms": model.Term, "sources": model.Document, "authority": model.Authority,
        "approval": model.Approval, "in_force": model.Period, "accepted": model.Accepted,
        "defaults_off": model.DefaultOff, "impossible": model.Impossible, "scales": model.Scale,
    }  # fmt: skip
    for piece in reversed(location):
        if piece in homes:
            return _keys(homes[piece])
    return _keys(part)
