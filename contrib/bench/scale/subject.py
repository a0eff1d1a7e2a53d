"""A daemon under measurement, and how it is called."""

import json
import os
import resource
import subprocess
import time
from pathlib import Path

from common import BUILD, Failed, field, pss, stop, tool
from wire import Connection

CORES = sorted(os.sched_getaffinity(0))
# The load generator has the first processor, the daemon the second, where there are two.
LOAD_CORE, SERVED_CORE = CORES[0], CORES[1 if len(CORES) > 1 else 0]
# A start with very many trees takes a while.
START_SECONDS = 300


class Daemon:
    """A daemon with a state directory of its own, which may be one that another has left."""

    def __init__(self, folder, scratch, workers=1, core=SERVED_CORE, state=None, flags=()):
        scratch.mkdir(exist_ok=True)
        self.path, self.admin = str(scratch / "data.sock"), str(scratch / "admin.sock")
        self.state = state or scratch / "state"
        pinned = [] if core is None else ["taskset", "--cpu-list", str(core)]
        begun = time.monotonic()
        self.process = subprocess.Popen(
            pinned + [str(folder / "smartflowd"), "--socket", self.path, "--admin-socket", self.admin, "--workers",
                      str(workers), "--state-directory", str(self.state), *flags],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.wait(begun)
        except BaseException:
            self.stop()
            raise
        # From the start of the process to the first answer.
        self.ready_seconds = time.monotonic() - begun

    def wait(self, begun):
        while True:
            if self.process.poll() is not None:
                raise Failed(f"the daemon ended with {self.process.returncode}")
            if time.monotonic() - begun > START_SECONDS:
                raise Failed(f"the daemon did not serve within {START_SECONDS} seconds")
            try:
                connection = Connection(self.path)
            except (FileNotFoundError, ConnectionRefusedError):
                # A pause between two looks.
                time.sleep(0.001)
                continue
            connection.socket.settimeout(START_SECONDS)
            connection.send(field(1, "grpc.health.v1.Health") + field(2, "Check"))
            return connection.close()

    def children(self):
        pid = self.process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

    def processes(self):
        return [str(self.process.pid)] + self.children()

    def memory(self):
        """Pss in MiB of the keeper and of its first worker, whose memory is hidden from all but root."""
        held = [pss(pid) for pid in (self.process.pid, self.children()[0])]
        if None in held:
            raise Failed("a worker's memory is hidden from all but root", 69)
        return tuple(kibibytes / 1024 for kibibytes in held)

    def load(self, request, seconds, *arguments, core=LOAD_CORE):
        """What the load generator says of calls with a request, and the processor's time that it took itself, in µs."""
        file = self.state.parent / "request"
        file.write_bytes(request)
        pinned = [] if core is None else ["taskset", "--cpu-list", str(core)]
        command = pinned + [BUILD / "load", "--socket", self.path, "--request", file, "--seconds", seconds,
                            "--warm-up", min(0.1, seconds / 4), *arguments]
        for process in self.processes():
            command += ["--process", process]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = json.loads(tool(*command))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        result["load_cpu_us"] = 1e6 * sum(
            getattr(after, name) - getattr(before, name) for name in ("ru_utime", "ru_stime"))
        return result

    def publish(self, publications):
        """Publishes by one connection; a worker asks the store one thing at a time."""
        connection = Connection(self.admin)
        try:
            connection.send_all(publications)
        finally:
            connection.close()

    def stop(self):
        stop(self.process, 60)
