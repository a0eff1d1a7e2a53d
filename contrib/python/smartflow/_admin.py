"""The messages of smartflow.v1.AdminService, on the admin socket, field for field."""

from dataclasses import dataclass
from typing import ClassVar, List, Optional

from ._fields import SLOTS, OpenEnum, choice, data, flag, integer, nested, text
from ._method import Method, Request
from ._status import Duration, Timestamp


class MetricsFormat(OpenEnum):
    """How counters are written."""

    # The same as PROMETHEUS_TEXT.
    UNSPECIFIED = 0
    # Prometheus' text format 0.0.4.
    PROMETHEUS_TEXT = 1
    # OpenMetrics 1.0.
    OPENMETRICS = 2


class LogLevel(OpenEnum):
    """How much a line matters.

    A line is written when it matters as much as the level that is set, or more. What was accepted is in the audit,
    whatever the level.
    """

    UNSPECIFIED = 0
    TRACE = 1
    DEBUG = 2
    INFO = 3
    NOTICE = 4
    WARNING = 5
    ERROR = 6
    CRITICAL = 7


class ConfigurationSource(OpenEnum):
    """Where a setting comes from."""

    UNSPECIFIED = 0
    FLAG = 1
    ENVIRONMENT = 2
    FILE = 3
    # Nobody has said it: what holds then.
    DEFAULT = 4


class DigestKind(OpenEnum):
    """Of what a digest is."""

    UNSPECIFIED = 0
    # Of the tree's canonical JSON: an Execution's tree_digest.
    TREE = 1
    # Of the bytes that the tree came in: it ended workers before it was understood.
    SOURCE = 2


class WorkerState(OpenEnum):
    """What a worker does."""

    UNSPECIFIED = 0
    # Started, not yet accepting.
    STARTING = 1
    SERVING = 2
    # Finishes what is in flight, then leaves.
    DRAINING = 3
    # Ended; the keeper starts it again after its backoff.
    STOPPED = 4


class ConfinementState(OpenEnum):
    """Whether a layer holds."""

    # No worker serves that could tell.
    UNSPECIFIED = 0
    HOLDS = 1
    # Left off by `smartflowd --allow-unconfined`.
    LEFT_OFF = 2
    # Missing although the daemon insists on it; such a worker does not serve.
    LACKING = 3


class SocketPurpose(OpenEnum):
    """What a socket is for."""

    UNSPECIFIED = 0
    DATA = 1
    ADMIN = 2


@dataclass(**SLOTS)
class GetMetricsResponse:
    """The counters, as a monitoring system reads them."""

    # What HTTP calls the format: "text/plain; version=0.0.4; charset=utf-8".
    content_type: str = text(1)
    # UTF-8.
    text: bytes = data(2)


@dataclass(**SLOTS)
class GetMetricsRequest(Request[GetMetricsResponse]):
    """Asks for the counters of all workers."""

    METHOD: ClassVar[Method] = Method("smartflow.v1.AdminService", "GetMetrics", GetMetricsResponse)

    format: MetricsFormat = choice(1, MetricsFormat)


@dataclass(**SLOTS)
class SetLogLevelResponse:
    """Which lines are written."""

    # The level from now on.
    level: LogLevel = choice(1, LogLevel)
    # The level before.
    previous: LogLevel = choice(2, LogLevel)
    # How long the level holds still; absent when for good.
    remaining: Optional[Duration] = nested(3, lambda: Duration)
    # What comes back then.
    usual: LogLevel = choice(4, LogLevel)


@dataclass(**SLOTS)
class SetLogLevelRequest(Request[SetLogLevelResponse]):
    """Changes which lines are written."""

    METHOD: ClassVar[Method] = Method("smartflow.v1.AdminService", "SetLogLevel", SetLogLevelResponse)

    # UNSPECIFIED changes nothing and asks what there is.
    level: LogLevel = choice(1, LogLevel)
    # How long the level holds, a week at most; then the one before comes back. Absent: for good.
    duration: Optional[Duration] = nested(2, lambda: Duration)


@dataclass(**SLOTS)
class DrainResponse:
    """What the end waits for."""

    # How long what is in flight may take; the rest is ended then.
    grace: Optional[Duration] = nested(1, lambda: Duration)
    # The process whose end is the daemon's.
    keeper_pid: int = integer(2, "uint32")


@dataclass(**SLOTS)
class DrainRequest(Request[DrainResponse]):
    """Ends the daemon as SIGTERM does."""

    METHOD: ClassVar[Method] = Method("smartflow.v1.AdminService", "Drain", DrainResponse)


@dataclass(**SLOTS)
class WorkerDeaths:
    """Ends of workers by their reason."""

    # Killed by the keeper's watchdog, since something did not come to an end.
    watchdog: int = integer(1, "uint64")
    # A fault of the program: SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV.
    crash: int = integer(2, "uint64")
    # SIGKILL from elsewhere.
    killed: int = integer(3, "uint64")
    # The kernel's out-of-memory killer.
    out_of_memory: int = integer(4, "uint64")
    # A system call that a worker may not make: SIGSYS.
    forbidden_call: int = integer(5, "uint64")
    # It left by itself.
    exit: int = integer(6, "uint64")
    # Any other signal.
    signal: int = integer(7, "uint64")


@dataclass(**SLOTS)
class WorkerInfo:
    """One worker process.

    Counters start at zero with the process.
    """

    index: int = integer(1, "uint32")
    # 0 while none runs.
    pid: int = integer(2, "uint32")
    start_time: Optional[Timestamp] = nested(3, lambda: Timestamp)
    # How often the keeper had to start it again.
    restarts: int = integer(4, "uint32")
    state: WorkerState = choice(5, WorkerState)
    open_connections: int = integer(6, "uint32")
    requests: int = integer(7, "uint64")
    executions: int = integer(8, "uint64")
    # Requests that were answered with a status other than OK.
    failures: int = integer(9, "uint64")
    # Log lines that did not fit into the channel to the keeper.
    dropped_log_lines: int = integer(10, "uint64")
    # How the workers at this place have ended that were not told to; their sum is `restarts`.
    deaths: Optional[WorkerDeaths] = nested(20, lambda: WorkerDeaths)


@dataclass(**SLOTS)
class SocketInfo:
    """One listening socket."""

    path: str = text(1)
    purpose: SocketPurpose = choice(2, SocketPurpose)
    # Permission bits: 0660 is 432.
    mode: int = integer(3, "uint32")


@dataclass(**SLOTS)
class Limits:
    """What one call, one connection and one server may ask."""

    # Deadline of a call that names none.
    default_timeout: Optional[Duration] = nested(1, lambda: Duration)
    # The longest deadline; a longer one is capped.
    max_timeout: Optional[Duration] = nested(2, lambda: Duration)
    # Fuel of one execution, in units.
    fuel: int = integer(3, "uint64")
    # Longest data of one frame.
    message_bytes: int = integer(4, "uint64")
    # Calls in flight on one connection.
    streams_in_flight: int = integer(5, "uint32")
    # Open connections of one worker.
    connections: int = integer(6, "uint32")
    # Longest JSON form of a tree.
    tree_bytes: int = integer(7, "uint64")
    # Longest JSON form of a context.
    context_bytes: int = integer(8, "uint64")


@dataclass(**SLOTS)
class ConfinementLayer:
    """One layer of the workers' confinement."""

    # As `smartflowd --allow-unconfined` names it: "landlock".
    name: str = text(1)
    state: ConfinementState = choice(2, ConfinementState)
    # By what measure it holds ("ABI 7: …"), or why it does not: half a sentence for people.
    detail: str = text(3)


@dataclass(**SLOTS)
class QuarantinedTree:
    """A tree that no worker runs until the keeper restarts or an administrator lifts it."""

    # SHA-256, 32 bytes.
    digest: bytes = data(1)
    kind: DigestKind = choice(2, DigestKind)
    # When it was put there.
    since: Optional[Timestamp] = nested(3, lambda: Timestamp)
    # How the last worker ended: the name of a field of WorkerDeaths.
    last_death: str = text(4)


@dataclass(**SLOTS)
class ConfigurationValue:
    """One setting, as it holds since the start or the last reload.

    What SetLogLevel has changed since is not in it.
    """

    # As the flag has it without its dashes, and the configuration file as it is: "max-streams".
    name: str = text(1)
    # As a person writes it: "256", "150ms", "games,staff"; empty where there is nothing.
    value: str = text(2)
    source: ConfigurationSource = choice(3, ConfigurationSource)
    # The flag, the variable, or the file with line and column: "/etc/smartflow/smartflowd.json:3:14"; empty where
    # nobody has said it.
    place: str = text(4)
    # What it will be after a restart, where a reload has found something else that takes one.
    pending_value: str = text(5)


@dataclass(**SLOTS)
class GetServerInfoResponse:
    """What `smartflow status` shows."""

    # Semantic version of the daemon: "1.0.0".
    version: str = text(1)
    # When the keeper started.
    start_time: Optional[Timestamp] = nested(2, lambda: Timestamp)
    uptime: Optional[Duration] = nested(3, lambda: Duration)
    keeper_pid: int = integer(4, "uint32")
    # In the order of their index.
    workers: List[WorkerInfo] = nested(5, lambda: WorkerInfo, repeated=True)
    sockets: List[SocketInfo] = nested(6, lambda: SocketInfo, repeated=True)
    limits: Optional[Limits] = nested(7, lambda: Limits)
    # What keeps the workers from everything but serving, layer by layer in the order of their being put on. A
    # layer counts as held when it holds in every worker that serves.
    confinement: List[ConfinementLayer] = nested(8, lambda: ConfinementLayer, repeated=True)
    # Trees that no worker runs, because each ended three of them within a minute.
    quarantine: List[QuarantinedTree] = nested(20, lambda: QuarantinedTree, repeated=True)
    # Every setting, where that was asked for.
    configuration: List[ConfigurationValue] = nested(21, lambda: ConfigurationValue, repeated=True)


@dataclass(**SLOTS)
class GetServerInfoRequest(Request[GetServerInfoResponse]):
    """Asks for version, uptime, workers, sockets and limits."""

    METHOD: ClassVar[Method] = Method("smartflow.v1.AdminService", "GetServerInfo", GetServerInfoResponse)

    # Whether the answer is to have the configuration, too.
    include_configuration: bool = flag(1)


@dataclass(**SLOTS)
class LiftQuarantineResponse:
    """It may run again."""


@dataclass(**SLOTS)
class LiftQuarantineRequest(Request[LiftQuarantineResponse]):
    """Lets a tree run again that was found to end workers."""

    METHOD: ClassVar[Method] = Method("smartflow.v1.AdminService", "LiftQuarantine", LiftQuarantineResponse)

    # As QuarantinedTree has it, of either kind.
    digest: bytes = data(1)
