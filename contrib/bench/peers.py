"""Servers of others that make the same decision. Imported by the table's command."""

import statistics
import sys
from pathlib import Path

from answers import check
from common import BENCH, BUILD, tool
from servers import Server, Servers, Subject


class Peer:
    """A peer as it was built, and the settings of which the best is measured."""

    def __init__(self, name, title, settings, mode):
        # settings: (what it is called, command, environment); mode: arguments of load by which the best is found.
        self.name, self.title, self.settings, self.mode = name, title, settings, mode
        self.load, self.kind = BUILD / "load", "frame"
        self.best, self.tried = None, {}

    def subject(self, setting, scratch, servers, requests):
        _, command, environment = setting
        name = f"{self.name}-{self.settings.index(setting)}"
        server = servers.start(Server(name, scratch, command, environment))
        for tier in ("Gold", "Silver"):
            check(self.title, Subject(self.name, server, requests[self.kind, tier], self.load).answer(), tier)
        return Subject(self.name, server, requests[self.kind, "Gold"], self.load)

    def find_best(self, scratch, requests, seconds, rounds):
        """Measures the settings in turns; the fastest is what the peer is measured with."""
        with Servers() as servers:
            subjects = {setting[0]: self.subject(setting, scratch, servers, requests) for setting in self.settings}
            speeds = {name: [] for name in subjects}
            for _ in range(rounds):
                for name, subject in subjects.items():
                    speeds[name].append(
                        subject.measure([*self.mode, "--seconds", str(seconds)])["calls_per_second"])
        self.tried = {name: statistics.median(values) for name, values in speeds.items()}
        self.best = max(self.settings, key=lambda setting: self.tried[setting[0]])
        print(f"{self.title}: best with {self.best[0]} of "
              + ", ".join(f"{name} {speed:,.0f}/s" for name, speed in self.tried.items()), file=sys.stderr)


def build_peers():
    go = Path(tool(BENCH / "peers/ttrpc-go/build", BUILD / "ttrpc-go").decode().splitlines()[-1])
    grpc = Path(tool(BENCH / "peers/grpc/build", BUILD / "grpc").decode().splitlines()[-1])
    # On one processor, as the daemon's one worker is, more threads can still help or not: hence the trial.
    ttrpc_go = Peer("go", "containerd/ttrpc in Go", [
        (f"GOMAXPROCS={threads}", [go, "{socket}"], {"GOMAXPROCS": str(threads)}) for threads in (1, 2, 4)],
        ["--connections", "64"])
    grpc_cpp = Peer("grpc", "gRPC C++", [
        (f"{api} {threads}".strip(), [grpc / "server", "{socket}", api, *threads.split()], None)
        for api, threads in (("async", "1"), ("async", "2"), ("callback", ""))], ["--in-flight", "16"])
    grpc_cpp.load, grpc_cpp.kind = grpc / "load", "message"
    return [ttrpc_go, grpc_cpp]
