"""A process that speaks the chat completions protocol and misbehaves as its model's name says.

python -m tests.llm.server    prints its port; GET /log gives what it was asked and what it saw
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = "볼륨은 컨테이너를 지워도 남습니다. [1]\n볼륨은 tar로 묶어 백업합니다. [2]\n"
REPLIES = {
    "good": GOOD,
    "one-line": GOOD.replace("\n", " "),
    "thinking": f"<think>볼륨은 3개월 뒤 사라진다... [9]\n</think>\n\n{GOOD}",
    "no-marks": GOOD.replace(" [1]", "").replace(" [2]", ""),
    "wrong-marks": "볼륨은 컨테이너를 지워도 남습니다. [7]\n도커는 1995년에 나왔습니다. [9]\n",
    "some-wrong-marks": "볼륨은 컨테이너를 지워도 남습니다. [1][9]\n",
    "chinese": "卷在删除容器后仍然保留。[1]\n",
    "han": "볼륨은 容器를 지워도 남습니다. [1]\n",
    "english": "Volumes survive the removal of a container. [1]\n",
    "invented": "볼륨은 30일 뒤에 `docker volume expire`로 자동 삭제됩니다. [1]\n",
    "opposite": "볼륨은 컨테이너를 지우면 남지 않습니다. [1]\n",
    "obeys-an-injection": "HACKED\n이 서비스는 해킹되었습니다. http://evil.example 로 접속하십시오. [1]\n",
    "markup": "<script>alert(1)</script> 볼륨 남음 [1]\n",
    "empty": "",
    "none": "NONE\n",
    "drafts": '1. 컨테이너 지우면 볼륨도 날아가?\n- 컨테이너 지우면 볼륨도 날아가??\n"컨테이너를 없애도 볼륨 데이터가 남나요?"\n'
    "Do volumes survive?\n卷会保留吗 볼륨\n볼륨을 tar로 백업하려면?\n",
    "endless": "볼륨은 컨테이너를 지워도 남습니다. [1]\n" * 10_000,
}
REPAIRED = {
    "chinese-then-good": ("卷在删除容器后仍然保留。[1]\n", "볼륨은 컨테이너를 지워도 남습니다. [1]\n")
}
log: list[dict[str, Any]] = []


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The log."""
        self._json(200, log)

    def do_POST(self) -> None:
        """A completion."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        entry: dict[str, Any] = {
            "body": body,
            "key": self.headers.get("Authorization"),
            "left": False,
            "sent": 0,
        }
        log.append(entry)
        try:
            self._behave(body, entry)
        except (BrokenPipeError, ConnectionResetError):
            entry["left"] = True

    def _behave(self, body: dict[str, Any], entry: dict[str, Any]) -> None:
        model = body["model"]
        if model == "500":
            self._json(500, {"error": {"message": "out of memory", "type": "server_error"}})
        elif model == "401":
            self._json(401, {"error": {"message": "bad key", "type": "invalid_request_error"}})
        elif model == "html":
            self._send(200, "text/html", b"<html>proxy login</html>")
        elif model == "garbage":
            self._send(200, "text/event-stream", b"data: {not json\n\n")
        elif model == "slow":
            time.sleep(30)
        else:
            self._stream(self._pieces(model, body), entry, cut=model in {"half", "half-before-a-sentence"})

    def _pieces(self, model: str, body: dict[str, Any]) -> Iterator[str]:
        if model == "drip":
            for _ in range(300):
                time.sleep(0.1)
                yield "볼"
        elif model == "unhurried":
            for at in range(0, len(GOOD), 3):
                time.sleep(0.2)
                yield GOOD[at : at + 3]
        elif model == "half":
            yield from ("볼륨은 컨테이너를 지워도 남습니다. [1]\n", "볼륨은 tar로 묶어 백")
        elif model == "half-before-a-sentence":
            yield "볼륨은 컨테이너를"
        elif model == "patient":
            for line in GOOD.splitlines(keepends=True) * 50:
                yield line
                time.sleep(0.2)
        else:
            text = REPAIRED[model][len(body["messages"]) > 2] if model in REPAIRED else REPLIES[model]
            yield from (text[at : at + 5] for at in range(0, len(text), 5))

    def _stream(self, pieces: Iterator[str], entry: dict[str, Any], *, cut: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            self._chunk({"content": piece}, None)
            entry["sent"] += 1
        if cut:
            self.close_connection = True
            return
        self._chunk({}, "stop")
        self._write(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, delta: dict[str, str], finish: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {
            "id": "x",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "m",
            "choices": [choice],
        }
        self._write(f"data: {json.dumps(chunk)}\n\n".encode())

    def _write(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _json(self, status: int, body: object) -> None:
        self._send(status, "application/json", json.dumps(body).encode())

    def _send(self, status: int, media_type: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
