"""What a daemon costs beside the time of calls: start, memory, allocations and system calls. For the table."""

import os
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from common import BUILD, ROOT, Failed, pss, tool
from servers import SERVER_CORE, Daemon, Servers, daemon_command, pinned, publish
from wire import Connection

# Calls that are counted, after as many that are not.
CALLS = 1000


def answered(path, request, deadline):
    """Calls until somebody answers: the connection that a worker leaves when it dies is lost."""
    while True:
        try:
            connection = Connection(path)
            try:
                return connection.send(request)
            finally:
                connection.close()
        except (Failed, OSError) as error:
            if time.monotonic() > deadline:
                raise Failed(f"nobody answers: {error}")


def life(programs, flags, request):
    """Starts a daemon and kills its worker: milliseconds to ready, of both, and kibibytes in between."""
    with tempfile.TemporaryDirectory(prefix="smartflow-bench-") as scratch:
        path = f"{scratch}/d.sock"
        command = [str(part).format(socket=path) for part in daemon_command(programs, flags)]
        begun = time.monotonic()
        process = subprocess.Popen(pinned(SERVER_CORE, command), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            for line in process.stderr:
                if b'"event":"ready"' in line:
                    break
            else:
                raise Failed(f"`{' '.join(command)}` did not start")
            result = {"start": (time.monotonic() - begun) * 1e3}
            publish(path)
            answered(path, request, time.monotonic() + 10)
            worker = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0]
            result["keeper"], result["worker"] = pss(process.pid), pss(worker)
            killed = time.monotonic()
            os.kill(int(worker), signal.SIGKILL)
            answered(path, request, killed + 10)
            result["respawn"] = (time.monotonic() - killed) * 1e3
            return result
        finally:
            process.terminate()
            process.communicate(timeout=20)


def counts(programs, flags, requests):
    """For each request, a worker's allocations and system calls each time, by a library that counts them."""
    library = BUILD / "count.so"
    tool("cc", "-shared", "-fPIC", "-O1", "-o", library, ROOT / "Tests/TestSupport/Preloaded/count.c", "-ldl")
    with tempfile.TemporaryDirectory(prefix="smartflow-bench-") as scratch:
        scratch = Path(scratch)
        # Workers are another user.
        scratch.chmod(0o755)
        shutil.copy(library, scratch / "count.so")
        (scratch / "counts").write_bytes(bytes(16))
        (scratch / "counts").chmod(0o666)
        environment = {"LD_PRELOAD": str(scratch / "count.so"), "SMARTFLOW_TEST_COUNTS": str(scratch / "counts")}
        with Servers() as servers:
            daemon = servers.start(Daemon("counted", scratch, programs, flags, environment=environment))
            return {name: count(daemon.path, scratch / "counts", path.read_bytes(), name)
                    for name, path in requests.items()}


def count(path, file, request, name):
    connection = Connection(path)
    read = []
    for _ in range(3):
        for _ in range(CALLS):
            connection.send(request, name)
        read.append(struct.unpack("QQ", file.read_bytes()))
    connection.close()
    # The first round warmed up.
    allocations, calls = ((read[2][which] - read[1][which]) / CALLS for which in (0, 1))
    if not calls:
        raise Failed("the worker's system calls were not counted")
    return {"allocations": allocations, "system_calls": calls}
