#!/usr/bin/env python
"""Ask, search, read, download the deck and give feedback at rising rates, and say how the service bears it.

    scripts/load.py URL [--rates 10,20,40] [--seconds 30] [--pid PID] [--soak] [--json]

Open loop: requests leave on time whether or not earlier ones are answered, as people do. Only against
this machine (loopback), at most 500 a second and 2,000 at once. `--pid` (the server's) adds its
memory and CPU time; `--soak` is ten minutes at the first rate and fails on an error or on growth of 2 %.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import json
import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

MOST_A_SECOND, MOST_AT_ONCE = 500, 2000
ROOT = Path(__file__).resolve().parents[1]
MIX = (("ask", 0.7), ("search", 0.15), ("document", 0.05), ("deck", 0.05), ("feedback", 0.05))


@dataclass
class Seen:
    """What came back at one rate."""

    rate: float
    seconds: float = 0.0
    times: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    without_retry_after: int = 0

    def figures(self) -> dict[str, object]:
        """The numbers to print; times are of accepted requests, in ms."""
        taken = sorted(1000 * each for times in self.times.values() for each in times)
        asked = sorted(1000 * each for each in self.times.get("ask", []))
        return {
            "rate": self.rate,
            "answered a second": round(len(taken) / self.seconds, 1) if self.seconds else 0.0,
            "statuses": dict(sorted(self.statuses.items())),
            "503 without Retry-After": self.without_retry_after,
            "p50": at(taken, 0.5),
            "p95": at(taken, 0.95),
            "p99": at(taken, 0.99),
            "ask p99": at(asked, 0.99),
        }


def at(values: list[float], share: float) -> float:
    """The value below which `share` of the sorted `values` lie."""
    return round(values[min(len(values) - 1, int(share * len(values)))], 1) if values else 0.0


class Load:
    """One client, the questions it asks, and what it remembers of the answers."""

    def __init__(self, client: httpx.AsyncClient, questions: list[str]) -> None:
        self._client, self._questions = client, questions
        self._answered: list[str] = []
        self._random = random.Random(1)  # noqa: S311 - the same load every time

    async def at_rate(self, rate: float, seconds: float) -> Seen:
        """Send at `rate` for `seconds`, then wait for what is left."""
        seen = Seen(rate)
        running: set[asyncio.Task[None]] = set()
        begun = time.perf_counter()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            if len(running) >= MOST_AT_ONCE:
                seen.statuses["not sent"] += 1
                continue
            task = asyncio.create_task(self._one(seen))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)
        seen.seconds = time.perf_counter() - begun
        return seen

    async def _one(self, seen: Seen) -> None:
        kind = self._random.choices([name for name, _ in MIX], [share for _, share in MIX])[0]
        begun = time.perf_counter()
        try:
            response = await self._send(kind)
        except httpx.TransportError as error:
            seen.statuses[type(error).__name__] += 1
            return
        seen.statuses[str(response.status_code)] += 1
        if response.status_code == 503 and "retry-after" not in response.headers:
            seen.without_retry_after += 1
        if response.is_success:
            seen.times.setdefault(kind, []).append(time.perf_counter() - begun)
            if kind == "ask":
                self._answered = [*self._answered[-99:], response.json()["question_id"]]

    async def _send(self, kind: str) -> httpx.Response:
        question = self._random.choice(self._questions)
        if kind == "search":
            return await self._client.get("/search", params={"q": question})
        if kind == "document":
            return await self._client.get("/documents", params={"limit": 1})
        if kind == "deck":
            return await self._client.get("/decks/docker.apkg")
        if kind == "feedback" and self._answered:
            body = {"question_id": self._answered[-1], "helpful": True}
            return await self._client.post("/feedback", json=body)
        return await self._client.post("/ask", json={"question": question})


def questions() -> list[str]:
    """The evaluation's development questions."""
    lines = (ROOT / "tests" / "evaluation" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [case["question"] for case in map(json.loads, lines) if "question" in case]


def family(pid: int) -> list[int]:
    """A process and its children (Linux)."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, listed)]


def memory(pid: int) -> float:
    """Resident memory shared out fairly (PSS) of a server with its workers, in MB."""
    total = 0
    for each in family(pid):
        lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return round(total / 1024, 1)


def cpu_seconds(pid: int) -> float:
    """User and system time of a server with its workers so far."""
    spent = 0
    for each in family(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
        spent += int(fields[11]) + int(fields[12])
    return spent / os.sysconf("SC_CLK_TCK")


async def steps(given: argparse.Namespace) -> list[dict[str, object]]:
    """One report a rate."""
    limits = httpx.Limits(max_connections=MOST_AT_ONCE, max_keepalive_connections=200)
    reports: list[dict[str, object]] = []
    async with httpx.AsyncClient(base_url=given.url, timeout=30, limits=limits) as client:
        load = Load(client, questions())
        await load.at_rate(10, 10)  # warms up
        for rate in given.rates:
            before = cpu_seconds(given.pid) if given.pid else 0.0
            seen = await load.at_rate(rate, given.seconds)
            report = seen.figures()
            if given.pid:
                report["memory MB"] = memory(given.pid)
                report["cpu share"] = round((cpu_seconds(given.pid) - before) / seen.seconds, 2)
            reports.append(report)
            print(json.dumps(report, ensure_ascii=False), file=sys.stderr, flush=True)
    return reports


def soaked(reports: list[dict[str, object]]) -> bool:
    """Whether every request of a soak succeeded and memory stayed within 2 % of the first minute's."""
    memories = [float(str(report["memory MB"])) for report in reports if "memory MB" in report]
    clean = all(set(report["statuses"]) <= {"200", "204"} for report in reports)  # type: ignore[call-overload]
    return clean and (not memories or memories[-1] < 1.02 * memories[0])


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url")
    parser.add_argument(
        "--rates", type=lambda text: [float(each) for each in text.split(",")], default=[10.0]
    )
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--pid", type=int)
    parser.add_argument("--soak", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    host = urlsplit(given.url).hostname or ""
    if not (host == "localhost" or (host[:1].isdigit() and ipaddress.ip_address(host).is_loopback)):
        parser.error("only a service on this machine: the address must be a loopback one")
    if max(given.rates) > MOST_A_SECOND:
        parser.error(f"at most {MOST_A_SECOND} requests a second")
    if given.soak:
        given.rates, given.seconds = [given.rates[0]] * 10, 60
    reports = asyncio.run(steps(given))
    if given.json:
        print(json.dumps(reports, indent=2, ensure_ascii=False))
    if given.soak and not soaked(reports):
        sys.exit(1)


if __name__ == "__main__":
    main()
