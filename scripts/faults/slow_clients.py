#!/usr/bin/env python
"""1,000 clients that never finish a request, while others ask: how the others fare.

scripts/faults/slow_clients.py [--clients 1000]      Linux; starts a server on data/ of its own
"""

from __future__ import annotations

import argparse
import resource
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
PORT = 8792
HEAD = b"POST /ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


def main() -> None:
    """Measure without the slow ones, with those slow in the head, with those slow in the body."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clients", type=int, default=1000)
    clients = parser.parse_args().clients
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    server = subprocess.Popen(
        [sys.executable, "-m", "service", "serve", "--port", str(PORT)], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=30) as client:
            wait(client)
            report("nobody slow", client, server.pid)
            for name, beginning in {
                "slow in the head": HEAD,
                "slow in the body": HEAD + b"Content-Length: 1000\r\n\r\n{",
            }.items():
                slow = [socket.create_connection(("127.0.0.1", PORT)) for _ in range(clients)]
                begun = time.monotonic()
                for each in slow:
                    each.sendall(beginning)
                report(f"{clients} {name}", client, server.pid)
                gone(slow)
                print(f"{name}: all hung up on after {time.monotonic() - begun:.0f} s", flush=True)
                report("after them", client, server.pid)
    finally:
        server.terminate()
        server.wait()


def wait(client: httpx.Client) -> None:
    """Wait until the server is ready."""
    while True:
        try:
            if client.get("/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)


def report(name: str, client: httpx.Client, pid: int) -> None:
    """Ask 50 questions and print what they took."""
    times = []
    for number in range(50):
        begun = time.perf_counter()
        client.post("/ask", json={"question": f"볼륨 백업은 어떻게 하나요? {number}"}).raise_for_status()
        times.append(1000 * (time.perf_counter() - begun))
    family = [str(pid), *Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    lines = [line for each in family for line in Path(f"/proc/{each}/status").read_text().splitlines()]
    memory = sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024
    print(
        f"{name:<28} p50 {statistics.median(times):.0f} ms, worst {max(times):.0f} ms, {memory} MB",
        flush=True,
    )


def gone(slow: list[socket.socket]) -> float:
    """Trickle on until the server has ended every connection; seconds until then."""
    begun = time.monotonic()
    for each in slow:
        each.settimeout(60)
        try:
            while each.recv(1000):
                pass
        except ConnectionError:
            pass
        each.close()
    return time.monotonic() - begun


if __name__ == "__main__":
    main()
