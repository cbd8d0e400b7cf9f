"""What the processes of a server have in common: a log of JSON lines, and a folder for their numbers.

Light on purpose: the process that watches over the others imports it.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

NUMBERS = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder; Prometheus' client reads it when it is imported."""

requests = logging.getLogger("service.requests")

# What JSON leaves as it is but a terminal or a log viewer may act on: C1 controls, line and
# paragraph separators, marks that turn the direction of text.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class JsonLines(logging.Formatter):
    """One record, one line of JSON, whatever is in it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON; what was given as `extra={"data": ...}` stands beside the message."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "data", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        text = json.dumps(line, ensure_ascii=False, default=str)
        text = _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
        return text.encode("utf-8", "backslashreplace").decode()


def configure_logging() -> None:
    """Let everything that is logged in this process go to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    requests.setLevel(logging.INFO)
