"""A real daemon, and a server that does as it is told."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from smartflow._decoding import _field, _varint
from smartflow._encoding import encode
from smartflow._exchange import HEADER, RESPONSE, Response
from smartflow._status import Status

ROOT = Path(__file__).resolve().parents[3]
MARIA = ROOT / "contrib/examples/maria.json"


def programs():
    """The folder of the daemon's programs: SMARTFLOW_BIN, else the release build, else the debug build."""
    given = os.environ.get("SMARTFLOW_BIN")
    for folder in ([Path(given)] if given else []) + [ROOT / ".build/release", ROOT / ".build/debug"]:
        if os.access(folder / "smartflowd", os.X_OK):
            return folder
    return None


def wait_until(condition, seconds=30):
    """Looks at a condition again and again until it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        # A pause between two looks.
        time.sleep(0.005)
    return True


class Daemon:
    """A real smartflowd, on sockets in a folder of its own."""

    def __init__(self, workers=1, arguments=()):
        folder = programs()
        if folder is None:
            raise unittest.SkipTest("there is no smartflowd: build the release, or set SMARTFLOW_BIN to its folder")
        self.folder = tempfile.mkdtemp(prefix="smartflow-python-")
        self.path = os.path.join(self.folder, "s.sock")
        self.endpoint = "unix://" + self.path
        self.admin = "unix://" + os.path.join(self.folder, "a.sock")
        self._log = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            [str(folder / "smartflowd"), "--socket", self.path, "--admin-socket", self.admin[7:], "--workers",
             str(workers), "--state-directory", os.path.join(self.folder, "state"), *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._log)
        ready = wait_until(lambda: self.process.poll() is not None or '"event":"ready"' in self.log())
        if not ready or self.process.poll() is not None:
            log = self.log()
            self.stop()
            raise AssertionError("the daemon did not become ready; it wrote: " + log)

    def log(self):
        return (Path(self.folder) / "log").read_text()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class DaemonCase(unittest.TestCase):
    """A test with a daemon, one for the class."""

    arguments = ()

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(arguments=cls.arguments)
        cls.addClassCleanup(cls.daemon.stop)


def frame(stream, data, kind=RESPONSE):
    return HEADER.pack(len(data), stream, kind, 0) + data


# What a scripted server does with a call.
ANSWER, SILENCE, HANG_UP, LATER, REFUSE = "answer", "silence", "hang up", "later", "refuse"
SERVING = b"\x08\x01"


class ScriptedServer:
    """A server that looks up in a script what to do with its first, second, … call.

    LATER answers a call after the one that follows it. Refusals hang up on so many connections after their first bytes.
    """

    def __init__(self, path, script, refusals=0):
        self._script = script
        self._refusals = refusals
        # Frames that came whole, in order.
        self.calls = []
        self.connections = 0
        self._lock = threading.Lock()
        self._came = threading.Condition(self._lock)
        self._is_stopped = False
        self._sockets = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(16)
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def wait_for_calls(self, count, seconds=30):
        with self._lock:
            return self._came.wait_for(lambda: len(self.calls) >= count, seconds)

    def stop(self):
        with self._lock:
            self._is_stopped = True
            sockets = list(self._sockets)
        for one in sockets + [self._listener]:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                # Ended already.
                pass
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive()
        self._listener.close()

    def _accept(self):
        while True:
            try:
                one, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                refused = self.connections <= self._refusals
                if self._is_stopped:
                    one.close()
                    return
                self._sockets.append(one)
            thread = threading.Thread(target=self._refuse if refused else self._serve, args=(one,))
            self._threads.append(thread)
            thread.start()

    def _refuse(self, one):
        with one:
            one.recv(100)
        with self._lock:
            self._sockets.remove(one)

    def _serve(self, one):
        try:
            with one, one.makefile("rb") as stream:
                self._serve_calls(one, stream)
        except OSError:
            # The client is gone.
            pass
        with self._lock:
            self._sockets.remove(one)

    def _serve_calls(self, one, stream):
        held = b""
        while True:
            header = stream.read(HEADER.size)
            if len(header) < HEADER.size:
                return
            size, number, _, _ = HEADER.unpack(header)
            data = stream.read(size)
            if len(data) < size:
                return
            with self._lock:
                self.calls.append(data)
                index = len(self.calls)
                self._came.notify_all()
            what = self._script(index)
            answer = frame(number, encode(Response(None, SERVING)))
            if what == HANG_UP:
                return
            if what == LATER:
                held += answer
            elif what == REFUSE:
                one.sendall(frame(number, encode(Response(Status(14, "draining")))))
            elif what == ANSWER:
                one.sendall(answer + held)
                held = b""


class ScriptedCase(unittest.TestCase):
    """A test with scripted servers on a socket in a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="smartflow-python-")
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "s")
        self.endpoint = "unix://" + self.path

    def serve(self, script=lambda index: ANSWER, refusals=0):
        server = ScriptedServer(self.path, script, refusals)
        self.addCleanup(server.stop)
        return server


def timeout_of(envelope):
    """What a request's envelope says of the time, in nanoseconds."""
    at = 0
    while at < len(envelope):
        tag, start, at = _field(envelope, at, len(envelope))
        if tag == 0x20:
            return _varint(envelope, start)[0]
    return 0


__all__ = [
    "ANSWER", "Daemon", "DaemonCase", "HANG_UP", "LATER", "MARIA", "REFUSE", "ROOT", "SERVING", "SILENCE",
    "ScriptedCase", "ScriptedServer", "frame", "programs", "timeout_of", "wait_until"]
