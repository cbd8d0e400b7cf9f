"""The server: its socket, and the supervisor of the workers that serve it.

Every worker is a whole process with encoder and index of its own; they share the listening socket and
the database, and each notices a new generation of the index by itself. One worker is watched as two are.
"""

from __future__ import annotations

import errno
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from service.errors import SettingsError
from service.files import stored_under
from service.interfaces.process import configure_logging
from service.interfaces.runtime.supervisor import Supervisor
from service.settings import Settings

BACKLOG = 2048


def serve(settings: Settings, ready: Callable[[str, int], None]) -> None:
    """Serve until a signal says to end; `ready` hears host and port.

    Raises SettingsError, StoreError, StorageError, WorkerDied.
    """
    configure_logging()
    with _listen(settings) as listening, _folder() as folder:
        host, port = listening.getsockname()[:2]
        Supervisor(settings, listening, folder, lambda: ready(host, port)).run()


@contextmanager
def _folder() -> Iterator[Path]:
    """Where the processes leave their numbers, and where they were when they crashed."""
    with stored_under(Path("/tmp")):  # noqa: S108 - what the system says where there is none
        folder = tempfile.TemporaryDirectory(prefix="docker-tutor-", ignore_cleanup_errors=True)
    with folder as name:
        yield Path(name)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((settings.host, settings.port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(name="PORT", reason=f"port-in-use:{settings.port}") from error
        raise SettingsError(name="HOST", reason=f"address:{settings.host}, {error.strerror}") from error
    return listening
