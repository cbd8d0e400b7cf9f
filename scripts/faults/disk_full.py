#!/usr/bin/env python
"""A disk that is full during a build, an update and feedback: what is said, what is lost, what comes back.

    scripts/faults/disk_full.py           Linux; makes a small tmpfs in a mount namespace of its own

Every step prints what was seen; the exit code is 1 if something was not as docs/faults.md says.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
INSIDE = "DISK_FULL_INSIDE"
NOTE = "# 저장\n\n## 볼륨\n\n- 볼륨은 컨테이너를 지워도 남음\n- 볼륨은 tar로 묶어 백업함\n"


def main() -> None:
    """Enter a namespace, mount a small disk, and go through the faults."""
    if INSIDE not in os.environ:
        unshare = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
        os.environ[INSIDE] = "1"
        os.execvp(unshare[0], [*unshare, sys.executable, str(Path(__file__).resolve())])  # noqa: S606
    folder = Path(tempfile.mkdtemp(prefix="disk-full-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], check=True)
    try:
        faults(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def faults(disk: Path) -> None:
    """Build on a full disk, update on a full disk, give feedback on a full disk."""
    corpus, data = disk / "corpus", disk / "data"
    corpus.mkdir()
    data.mkdir()
    (data / "encoder").symlink_to(ROOT / "data" / "encoder")
    (corpus / "note.md").write_text(NOTE, encoding="utf-8")

    filled = fill(disk)
    done = service("build", corpus, data)
    expect(
        "a first build says that the disk is full",
        done.returncode == 1 and "가득" in done.stderr,
        done.stderr,
    )
    expect(
        "and leaves no half index",
        not list((data / "index").glob("*")) if (data / "index").exists() else True,
    )
    filled.unlink()
    expect("with space again it builds", service("build", corpus, data).returncode == 0)

    (corpus / "more.md").write_text("# 더\n\n- 더한 사실임\n", encoding="utf-8")
    filled = fill(disk)
    done = service("build", corpus, data)
    expect(
        "an update says that the disk is full", done.returncode == 1 and "가득" in done.stderr, done.stderr
    )
    asked = service("ask", corpus, data, "볼륨은 지우면?")
    expect("the old index still answers", asked.returncode == 0 and "남습니다" in asked.stdout, asked.stderr)
    filled.unlink()

    port = "8791"
    log = Path(tempfile.mkstemp()[1])
    with log.open("w") as out:
        server = subprocess.Popen(command("serve", corpus, data, "--port", port), cwd=ROOT, stderr=out)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                feedback(client, disk)
        finally:
            server.terminate()
            server.wait()
    shutil.copy(log, "/dev/stderr") if "-v" in sys.argv else log.unlink()


def feedback(client: httpx.Client, disk: Path) -> None:
    """Ask and give feedback before, while and after the disk is full."""
    while True:
        try:
            if client.get("/readyz").is_success:
                break
        except httpx.TransportError:
            time.sleep(0.05)
    before = client.post("/ask", json={"question": "볼륨 백업은?"}).json()["question_id"]
    filled = fill(disk)
    answers = [client.post("/ask", json={"question": "볼륨은 지우면? " * 50}) for _ in range(40)]
    expect("questions are answered on a full disk", all(each.is_success for each in answers))
    said = [
        client.post("/feedback", json={"question_id": before, "helpful": True, "comment": "가" * 1000})
        for _ in range(40)
    ]
    codes = {each.status_code for each in said}
    expect("feedback is kept or refused with 503", codes <= {204, 503} and 503 in codes, str(codes))
    filled.unlink()
    again = client.post("/feedback", json={"question_id": before, "helpful": True})
    expect("with space again feedback is kept, without a restart", again.status_code == 204, again.text)
    old = client.get(f"/answers/{before}")
    expect("what was kept before is still there", old.is_success, old.text)


def fill(disk: Path) -> Path:
    """Write zeros until nothing more fits."""
    path = disk / "filled"
    try:
        with path.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError:
        return path


def command(name: str, corpus: Path, data: Path, *arguments: str) -> list[str]:
    """A command line of the service."""
    where = ["--corpus", str(corpus), "--data", str(data)]
    return [sys.executable, "-m", "service", name, *where, *arguments]


def service(name: str, corpus: Path, data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the service's command line."""
    return subprocess.run(command(name, corpus, data, *arguments), cwd=ROOT, capture_output=True, text=True)


def expect(what: str, holds: bool, seen: str = "") -> None:
    """Print what was looked at, and stop where it doesn't hold."""
    print(
        ("예   " if holds else "아니오 ") + what,
        seen.strip().splitlines()[-1] if seen.strip() else "",
        flush=True,
    )
    if not holds:
        print(seen, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
