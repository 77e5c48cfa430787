# SPDX-License-Identifier: MIT
"""A small decision service on the standard library alone: profiles in as JSON, explained decisions out as JSON.

    python app.py --port 8000
    curl -s -X POST "http://127.0.0.1:8000/decide?on=2025-10-01" -d '{"age": 8, "plan": "ehcp"}'

    GET  /health              is it there
    GET  /packs               the pack versions it can decide with
    GET  /schema              the JSON Schema of a profile, for ?on=DATE
    POST /decide              decide the profile in the body, for ?on=DATE (always given) and ?words=parent|panel

The log names methods, paths, answers and times. It never holds a query, a body, an address or an error's text, because
those could say something about a pupil. The service listens on this computer only; put a server with authentication and
encryption in front of it before anyone else may reach it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import logging
import threading
import time
from decimal import Decimal
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import continuum
from continuum.packs.library import shipped

PACK = "kent-continuum"
LARGEST_BODY = 100_000
SECONDS_TO_SEND = 10
log = logging.getLogger("continuum.service")


class RefusedError(Exception):
    """A request that cannot be answered, with the status and what to say."""

    def __init__(self, status: HTTPStatus, **content: Any) -> None:
        super().__init__(status)
        self.status, self.content = status, content


class Rulebooks:
    """The versions of one pack, read when the service starts and compiled when first needed."""

    def __init__(self, pack: str) -> None:
        self.pack, self.library = pack, shipped()
        self.compiled: dict[str, continuum.Rulebook] = {}
        self.lock = threading.Lock()
        self.library.find(pack)

    def on(self, day: dt.date) -> continuum.Rulebook:
        """The rulebook in force on a day; rulebooks are immutable, so all threads share them."""
        entry = self.library.find(self.pack, on=day)
        with self.lock:
            if entry.version not in self.compiled:
                self.compiled[entry.version] = continuum.Rulebook(entry.written)
            return self.compiled[entry.version]


class Service(BaseHTTPRequestHandler):
    """One request."""

    rulebooks: ClassVar[Rulebooks]
    server_version, sys_version = "continuum", ""
    timeout = SECONDS_TO_SEND

    def do_GET(self) -> None:
        """Answer what only reads."""
        self._answer({"/health": self._health, "/packs": self._packs, "/schema": self._schema})

    def do_POST(self) -> None:
        """Answer what decides."""
        self._answer({"/decide": self._decide})

    def _answer(self, pages: dict[str, Any]) -> None:
        began = time.monotonic()
        page = pages.get(urlsplit(self.path).path, _no_page)
        try:
            status, content = HTTPStatus.OK, page()
        except RefusedError as refused:
            status, content = refused.status, refused.content
        except continuum.ContinuumError as error:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            content = {"errors": [finding.as_dict() for finding in error.findings]}
        except Exception as error:  # noqa: BLE001  # the caller gets an answer and the log the kind of fault, not its text
            status, content = HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "a fault of the service"}
            log.error("fault %s", type(error).__name__)  # noqa: TRY400  # a traceback could hold a profile
        body = json.dumps(content, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)
        known = urlsplit(self.path).path if page is not _no_page else "(no such page)"
        log.info("%s %s %d %.0f ms", self.command, known, status, 1000 * (time.monotonic() - began))

    def _health(self) -> dict[str, Any]:
        return {"status": "ok", "library": continuum.__version__, "pack": self.rulebooks.pack}

    def _packs(self) -> dict[str, Any]:
        entries = [entry for entry in self.rulebooks.library.entries if entry.id == self.rulebooks.pack]
        return {
            "packs": [
                {"id": e.id, "version": e.version, "status": e.status, "from": str(e.start or ""), "to": str(e.end or "")}
                for e in entries
            ]
        }

    def _schema(self) -> dict[str, Any]:
        return self.rulebooks.on(self._day()).profile_schema()

    def _decide(self) -> dict[str, Any]:
        day, profile, words = self._day(), self._body(), self._asked("words")
        if words not in ("", "parent", "panel"):
            raise RefusedError(HTTPStatus.BAD_REQUEST, error="`words` is `parent` or `panel`")
        decision = self.rulebooks.on(day).decide(profile, on=day, cross_check=True)
        answer: dict[str, Any] = {"decision": decision.model_dump(mode="json")}
        if words:
            answer["words"] = decision.explain("parent" if words == "parent" else "panel")
        return answer

    def _day(self) -> dt.date:
        try:
            return dt.date.fromisoformat(self._asked("on"))
        except ValueError:
            message = "the day is always given: add ?on=2025-10-01"
            raise RefusedError(HTTPStatus.BAD_REQUEST, error=message) from None

    def _asked(self, name: str) -> str:
        return parse_qs(urlsplit(self.path).query).get(name, [""])[0]

    def _body(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            message = f"send a body of at most {LARGEST_BODY} bytes, with its length"
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, error=message)
        try:
            profile = json.loads(self.rfile.read(int(length)), parse_float=Decimal)
        except (ValueError, RecursionError):
            raise RefusedError(HTTPStatus.BAD_REQUEST, error="the body is not JSON") from None
        if not isinstance(profile, dict):
            raise RefusedError(HTTPStatus.BAD_REQUEST, error="the body is one profile: an object of fields")
        return profile

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the signature is the standard library's
        """Nothing: what it would write holds the query and the address."""


def _no_page() -> dict[str, Any]:
    raise RefusedError(HTTPStatus.NOT_FOUND, error="there is no such page; the README lists them")


def serve(port: int = 8000, pack: str = PACK) -> ThreadingHTTPServer:
    """A server on this computer, ready to run; port 0 takes any that is free."""
    handler = type("Bound", (Service,), {"rulebooks": Rulebooks(pack)})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


def main() -> None:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(description="A small decision service, on this computer only.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--pack", default=PACK)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    with serve(arguments.port, arguments.pack) as server:
        log.info("listening on http://127.0.0.1:%d", server.server_address[1])
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            log.info("stopped")


if __name__ == "__main__":
    main()
