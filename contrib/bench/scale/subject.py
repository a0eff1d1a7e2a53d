"""A daemon under measurement, and how it is called."""

import json
import os
import resource
import signal
import socket
import subprocess
import time
from pathlib import Path

from common import BUILD, Failed, field, tool
from messages import frame

CORES = sorted(os.sched_getaffinity(0))
# The load generator has the first processor, the daemon the second, where there are two.
LOAD_CORE, SERVED_CORE = CORES[0], CORES[1 if len(CORES) > 1 else 0]
# A start with very many trees takes a while.
START_SECONDS = 300
# How many calls of one connection are in flight here at once: less than what a worker's desk holds.
IN_FLIGHT = 12


class Connection:
    """Calls in order, some of them at once."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.stream = -1
        self.buffer = bytearray()

    def close(self):
        self.socket.close()

    def call(self, request):
        self.send([request])
        self.receive()

    def call_all(self, requests, in_flight=IN_FLIGHT):
        """Sends all, so many at once, and looks at every answer."""
        waiting = 0
        for request in requests:
            if waiting == in_flight:
                self.receive()
                waiting -= 1
            self.send([request])
            waiting += 1
        for _ in range(waiting):
            self.receive()

    def send(self, requests):
        frames = bytearray()
        for request in requests:
            self.stream += 2
            frames += frame(self.stream, request)
        self.socket.sendall(frames)

    def receive(self):
        """One answer; a status other than OK ends the run."""
        data = self.exactly(int.from_bytes(self.exactly(10)[:4], "big"))
        if data[:1] == b"\x0a":
            raise Failed(f"a call was refused: {data[:300]!r}")

    def exactly(self, count):
        while len(self.buffer) < count:
            part = self.socket.recv(1 << 16)
            if not part:
                raise Failed("the daemon closed the connection")
            self.buffer += part
        data = bytes(self.buffer[:count])
        del self.buffer[:count]
        return data


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
            connection.call(field(1, "grpc.health.v1.Health") + field(2, "Check"))
            return connection.close()

    def children(self):
        pid = self.process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

    def processes(self):
        return [str(self.process.pid)] + self.children()

    def memory(self):
        """Pss in MiB of the keeper and of its first worker, whose memory is hidden from all but root."""
        return pss(self.process.pid), pss(self.children()[0])

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
            connection.call_all(publications)
        finally:
            connection.close()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def pss(pid):
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise Failed(f"/proc/{pid}/smaps_rollup has no Pss")
