from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT

AT_ONCE = """
import sys, threading
from service.korean.search.words import tokens

barrier = threading.Barrier(32)
found = []
sys.setswitchinterval(1e-5)

def first_words(number):
    barrier.wait()
    found.extend(tokens(f"도커 볼륨 {number} 백업은 어떻게 하나요?"))

threads = [threading.Thread(target=first_words, args=[number]) for number in range(32)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(found.count("볼륨"))
"""


def test_the_first_words_of_a_process_may_be_read_by_many_threads_at_once() -> None:
    """Two dictionaries opened at once crashed the process, or hung it with the interpreter's lock held."""
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", AT_ONCE], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert (done.returncode, done.stdout) == (0, "32\n"), done.stderr
