"""HTTP/1.1 as it is typed: Hangul in an address is taken, and what can't be read is refused in Korean."""

from __future__ import annotations

from urllib.parse import quote_from_bytes

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from service import messages
from service.interfaces.asgi.problems import Problem
from service.interfaces.asgi.request_id import minted

_ASCII = bytes(range(128))


def quoted(line: bytes) -> bytes:
    """A request line with its UTF-8 percent-encoded; any other encoding stays, and is refused."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return line
    return quote_from_bytes(line, _ASCII).encode()


class Wire(H11Protocol):
    """uvicorn's protocol for what shells and people send.

    `curl 'localhost:8000/search?q=볼륨'` sends the address as it stands there. HTTP wants it
    percent-encoded, h11 takes no less and has no switch for it.
    """

    _in_line = True
    """Whether the request line may still be coming."""

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self._in_line:
            line, end, rest = data.partition(b"\n")
            self._in_line = not end
            data = quoted(line) + end + rest
        super().data_received(data)

    def on_response_complete(self) -> None:
        """Wait for the next request line."""
        self._in_line = True
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP as every other refusal is worded."""
        problem = Problem(
            title=messages.HTTP_TITLES[400],
            status=400,
            detail=messages.UNREADABLE,
            instance="",
            request_id=minted(),
        )
        body = problem.model_dump_json().encode()
        headers = {
            "content-type": "application/problem+json",
            "content-length": str(len(body)),
            "x-request-id": problem.request_id,
            "connection": "close",
        }
        response = h11.Response(status_code=400, headers=list(headers.items()), reason=b"Bad Request")
        for event in (response, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
