"""A local Slack Web API: keeps what it is told, refuses what Slack refuses, and fails when asked to."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from tests.interfaces.slack import checker

Arguments = dict[str, Any]
BOT, BOT_ID, TEAM, TOKEN = "UBOT", "BBOT", "T1", "xoxb-test"


@dataclass(frozen=True)
class Failure:
    """How a call fails: with a status or an error; `done` says whether Slack has done it all the same."""

    status: int = 200
    error: str = ""
    done: bool = False
    retry_after: int = 0
    dropped: bool = False


Plan = Callable[[str, Arguments], Failure | None]


class WebApi:
    """The server, what it was told, and what it would refuse."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Arguments]] = []
        self.messages: list[Arguments] = []
        self.ephemeral: list[Arguments] = []
        self.responses: list[Arguments] = []
        self.views: list[Arguments] = []
        self.uploads: dict[str, bytes] = {}
        self.shared: list[Arguments] = []
        self.violations: list[str] = []
        self.absent: set[str] = set()
        self.deleted: set[str] = set()
        self.token = TOKEN
        self.scopes = ""
        self.socket_url = ""
        self.plan: Plan = lambda method, arguments: None
        self.delay = 0.0
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> WebApi:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def named(self, method: str) -> list[Arguments]:
        """The arguments of every call of `method`."""
        return [arguments for name, arguments in self.calls if name == method]

    def ts(self) -> str:
        """A new message timestamp."""
        return f"{int(time.time())}.{next(self._numbers):06d}"

    def handle(self, path: str, arguments: Arguments, authorization: str) -> tuple[int, dict[str, str], Any]:
        """Do one call: (status, headers, body), or a status of 0 to drop the connection."""
        method = path.removeprefix("/api/").strip("/")
        time.sleep(self.delay)
        with self._lock:
            self.calls.append((method, arguments))
            failure = self.plan(method, arguments)
            if failure is None:
                return 200, {}, self._do(method, arguments, authorization)
            if failure.done:
                self._do(method, arguments, authorization)
        if failure.dropped:
            return 0, {}, None
        headers = {"Retry-After": str(failure.retry_after)} if failure.status == 429 else {}
        if failure.status >= 500:
            return failure.status, headers, "<html>Server Error</html>"
        return (
            failure.status,
            headers,
            {"ok": False, "error": failure.error or "ratelimited", "needed": "chat:write"},
        )

    def _do(self, method: str, arguments: Arguments, authorization: str) -> Any:
        if method.startswith("response/"):
            return self._take(arguments, arguments, self.responses) and "ok"
        if method.startswith("upload/"):
            return "OK"
        if method != "apps.connections.open" and authorization != f"Bearer {self.token}":
            return {"ok": False, "error": "token_expired"}
        known = getattr(self, "_" + method.replace(".", "_"), None)
        if known is None:
            self.violations.append(f"unknown method {method}")
            return {"ok": False, "error": "unknown_method"}
        return known(arguments)

    def _check(self, payload: Arguments) -> Any:
        found = checker.problems(payload)
        self.violations += found
        return {"ok": False, "error": "invalid_blocks"} if found else None

    def _take(self, payload: Arguments, arguments: Arguments, kept: list[Arguments]) -> Any:
        if refused := self._check(payload):
            return refused
        kept.append(arguments)
        return {"ok": True}

    def _auth_test(self, arguments: Arguments) -> Any:
        return {"ok": True, "user_id": BOT, "bot_id": BOT_ID, "team_id": TEAM}

    def _chat_postMessage(self, arguments: Arguments) -> Any:
        if arguments["channel"] in self.absent:
            return {"ok": False, "error": "not_in_channel"}
        if refused := self._check(arguments):
            return refused
        message = {**arguments, "ts": self.ts(), "bot_id": BOT_ID, "user": BOT, "at": time.monotonic()}
        self.messages.append(message)
        return {"ok": True, "ts": message["ts"], "channel": arguments["channel"]}

    def _chat_postEphemeral(self, arguments: Arguments) -> Any:
        return self._take(arguments, arguments, self.ephemeral)

    def _reactions_add(self, arguments: Arguments) -> Any:
        if arguments["timestamp"] in self.deleted:
            return {"ok": False, "error": "message_not_found"}
        return {"ok": True}

    def _conversations_replies(self, arguments: Arguments) -> Any:
        return self._found(arguments, lambda message: message.get("thread_ts") == arguments["ts"])

    def _conversations_history(self, arguments: Arguments) -> Any:
        return self._found(arguments, lambda message: not message.get("thread_ts"))

    def _found(self, arguments: Arguments, wanted: Callable[[Arguments], bool]) -> Any:
        found = [
            message
            for message in self.messages
            if message["channel"] == arguments["channel"]
            and wanted(message)
            and float(message["ts"]) >= float(arguments["oldest"])
        ]
        return {"ok": True, "messages": found[: int(arguments["limit"])]}

    def _conversations_open(self, arguments: Arguments) -> Any:
        return {"ok": True, "channel": {"id": f"D{arguments['users']}"}}

    def _views_publish(self, arguments: Arguments) -> Any:
        view = arguments["view"]
        arguments["view"] = json.loads(view) if isinstance(view, str) else view
        return self._take(arguments["view"], arguments, self.views)

    def _files_getUploadURLExternal(self, arguments: Arguments) -> Any:
        name = f"F{next(self._numbers)}"
        return {"ok": True, "upload_url": f"{self.root}/upload/{name}", "file_id": name}

    def _files_completeUploadExternal(self, arguments: Arguments) -> Any:
        if arguments["channel_id"] in self.absent:
            return {"ok": False, "error": "not_in_channel"}
        self.shared.append(arguments)
        return {"ok": True, "files": [{"id": each["id"]} for each in json.loads(arguments["files"])]}

    def _apps_connections_open(self, arguments: Arguments) -> Any:
        return {"ok": True, "url": self.socket_url}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                arguments = _arguments(self.headers.get("Content-Type", ""), body)
                if self.path.startswith("/upload/"):
                    api.uploads[self.path.removeprefix("/upload/")] = body
                status, headers, reply = api.handle(
                    self.path.partition("?")[0], arguments, self.headers.get("Authorization", "")
                )
                if status == 0:
                    self.close_connection = True
                    return
                text = reply if isinstance(reply, str) else json.dumps(reply)
                kind = "text/plain" if isinstance(reply, str) else "application/json"
                self.send_response(status)
                scopes = {"x-oauth-scopes": api.scopes} if api.scopes else {}
                for name, value in {**headers, **scopes, "Content-Type": kind}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _arguments(kind: str, body: bytes) -> Arguments:
    if kind.startswith("application/json"):
        decoded: Arguments = json.loads(body or b"{}")
        return {name: value for name, value in decoded.items() if value is not None}
    if kind.startswith("application/x-www-form-urlencoded"):
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    return {}
