"""The servers that are measured, each pinned and on a socket of its own. Imported by the commands of bench/."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path

from common import BENCH, BUILD, Failed, field, stop, tool, varint
from wire import Connection

# Every layer, as `smartflowd --help` lists them.
LAYERS = [
    "unprivileged-user", "no-new-privileges", "parent-death", "not-dumpable", "core-limit", "process-limit",
    "descriptor-limit", "address-space-limit", "landlock", "seccomp",
]
UNCONFINED = ["--allow-unconfined", ",".join(LAYERS)]

# The load generator has the first processor, servers the second, where there are two.
CORES = sorted(os.sched_getaffinity(0))
LOAD_CORE, SERVER_CORE = str(CORES[0]), str(CORES[1] if len(CORES) > 1 else CORES[0])


def pinned(core, command):
    return ["taskset", "--cpu-list", core] + [str(part) for part in command]


class Server:
    """A server under test."""

    def __init__(self, name, folder, command, environment=None, core=SERVER_CORE):
        self.name = name
        self.path = str(folder / f"{name}.sock")
        self.command = [str(part).format(socket=self.path) for part in command]
        # The log, with a line for each recorded action, goes nowhere: a file of it would be larger than the
        # machine's cache within a second, and a disk's speed is not what is measured.
        self.process = subprocess.Popen(
            pinned(core, self.command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=None if environment is None else {**os.environ, **environment})

    def wait_until_it_listens(self):
        self.wait_for_socket(self.path)

    def wait_for_socket(self, path):
        deadline = time.monotonic() + 30
        while True:
            if self.process.poll() is not None:
                raise Failed(f"`{' '.join(self.command)}` ended with {self.process.returncode}")
            with socket.socket(socket.AF_UNIX) as probe:
                if probe.connect_ex(path) == 0:
                    return
            if time.monotonic() > deadline:
                raise Failed(f"`{' '.join(self.command)}` did not listen within 30 seconds")
            # A pause between two looks.
            time.sleep(0.01)

    def children(self):
        try:
            return Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        except OSError as error:
            raise Failed(f"{self.name} is gone: {error}")

    def stop(self):
        stop(self.process)


class Daemon(Server):
    """smartflowd, with the tree that is asked for published."""

    def __init__(self, name, folder, programs, flags=(), workers=1, environment=None, core=SERVER_CORE):
        super().__init__(name, folder, daemon_command(programs, flags, workers), environment, core)

    def wait_until_it_listens(self):
        super().wait_until_it_listens()
        # It comes behind the other one.
        self.wait_for_socket(f"{self.path}.admin")
        publish(self.path)


def daemon_command(programs, flags=(), workers=1):
    return [programs / "smartflowd", "--socket", "{socket}", "--admin-socket", "{socket}.admin", "--state-directory",
            "{socket}.state", "--workers", workers, *flags]


def publish(path):
    """Publishes tree.json as `winback` and lets calls run it."""
    admin = Connection(f"{path}.admin")
    # tree_id, tree_json, activate.
    admin.call("TreeService", "PublishTree", field(1, "winback")
               + field(2, (BENCH / "tree.json").read_text().strip()) + varint(7 << 3) + varint(1))
    admin.close()


class Servers:
    """Those that run; all of them end with the block."""

    def __init__(self):
        self.running = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.running:
            server.stop()

    def start(self, server):
        self.running.append(server)
        server.wait_until_it_listens()
        return server


class Subject:
    """A server and how it is called."""

    def __init__(self, name, server, request, load=BUILD / "load", options=(), core=LOAD_CORE):
        self.name, self.server = name, server
        self.command = pinned(core, [load, "--socket", server.path, "--request", request, *options])

    def measure(self, arguments):
        command = self.command + list(arguments)
        for process in [str(self.server.process.pid)] + self.server.children():
            command += ["--process", process]
        return json.loads(tool(*command))

    def answer(self):
        """The bytes of an answer's message."""
        return bytes.fromhex(tool(*self.command, "--answer").decode())
