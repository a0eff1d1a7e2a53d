"""The messages of smartflow.v1.ExecutionService and grpc.health.v1.Health, field for field."""

from dataclasses import dataclass
from typing import Any, ClassVar, Dict, List, Optional

from ._errors import error_of
from ._fields import SLOTS, OpenEnum, choice, data, double, flag, integer, members, message_map, nested, text
from ._method import Method, Request
from ._status import DETAILS, Duration, Status, Timestamp


@dataclass(**SLOTS)
class TreeReference:
    """A published tree."""

    tree_id: str = text(1)
    # 0 is the version that is active when the call is served.
    version: int = integer(2, "uint64")


@dataclass(**SLOTS)
class Node:
    """A tree as messages: one node, with the nodes that may follow it."""

    # "Condition", "Sequence", "Switch", "Split", or the name of an action: "SendSMS".
    type: str = text(1)
    parameters: Optional[Dict[str, Any]] = members(2)
    true_action: Optional["Node"] = nested(3, lambda: Node)
    false_action: Optional["Node"] = nested(4, lambda: Node)
    # Of a Sequence.
    actions: List["Node"] = nested(5, lambda: Node, repeated=True)
    # Of a Switch.
    cases: List["Case"] = nested(6, lambda: Case, repeated=True)
    default_action: Optional["Node"] = nested(7, lambda: Node)
    # Of a Split.
    shares: List["Share"] = nested(8, lambda: Share, repeated=True)
    # Unique in the tree: [A-Za-z0-9_-]{1,64}.
    id: str = text(9)
    name: str = text(10)


@dataclass(**SLOTS)
class Case:
    """One branch of a Switch."""

    expression: str = text(1)
    action: Optional[Node] = nested(2, lambda: Node)


@dataclass(**SLOTS)
class Share:
    """One branch of a Split."""

    weight: float = double(1)
    action: Optional[Node] = nested(2, lambda: Node)


@dataclass(**SLOTS)
class ExecutionOptions:
    """How a tree is to be executed."""

    # Decide and render, perform nothing.
    dry_run: bool = flag(1)
    # Say which nodes ran, and why.
    trace: bool = flag(2)
    # The same key, of 1 to 256 bytes, never performs twice.
    idempotency_key: str = text(3)
    # BCP 47.
    locale: str = text(4)
    # Replaces the clock; only with dry_run, or on the admin socket.
    now: Optional[Timestamp] = nested(5, lambda: Timestamp)


class ExecutionStatus(OpenEnum):
    """How an execution ended."""

    UNSPECIFIED = 0
    # Every action on the path was accepted, or there was none.
    COMPLETED = 1
    # At least one action was refused or failed; its result says which.
    PARTIALLY_COMPLETED = 2
    DRY_RUN = 3


class ActionStatus(OpenEnum):
    """What became of an action."""

    UNSPECIFIED = 0
    # Recorded durably; delivery follows.
    ACCEPTED = 1
    # A rule forbade it; the error says which.
    SUPPRESSED = 2
    FAILED = 3
    # Dry run.
    NOT_PERFORMED = 4


@dataclass(**SLOTS)
class ActionResult:
    """One action that was decided on."""

    # "SendSMS".
    type: str = text(1)
    # RFC 6901 pointer to the node: "/trueAction".
    path: str = text(2)
    status: ActionStatus = choice(3, ActionStatus)
    # As rendered; numbers are floats.
    parameters: Optional[Dict[str, Any]] = members(4)
    # UUIDv7, the same in logs, audit and delivery.
    action_id: str = text(5)
    error: Optional[Status] = nested(6, lambda: Status)
    node_id: str = text(7)


@dataclass(**SLOTS)
class PropertyRead:
    """A property of the context and the value that an expression found there."""

    # As the expression has it: "wallet.cash".
    name: str = text(1)
    # JSON text; empty where the property is missing.
    value: str = text(2)
    missing: bool = flag(3)
    # The value was cut: its text is longer than 512 bytes.
    truncated: bool = flag(4)


@dataclass(**SLOTS)
class SplitChoice:
    """Where a split's key fell."""

    # From 0 up to 1.
    fraction: float = double(1)
    # The share that was gone on to, counted from 0.
    share: int = integer(2, "uint32")


@dataclass(**SLOTS)
class TraceStep:
    """One decision on the way."""

    # RFC 6901 pointer to the node.
    path: str = text(1)
    node_id: str = text(2)
    # Empty for a split by the player.
    expression: str = text(3)
    # JSON text of the value, of a split by the player its fraction.
    result: str = text(4)
    error: Optional[Status] = nested(5, lambda: Status)
    fuel_used: int = integer(6, "uint64")
    # Time since the step before, what the execution waited for others not counted.
    elapsed: Optional[Duration] = nested(7, lambda: Duration)
    # What the expression read of the context, in the order of the first reading.
    reads: List[PropertyRead] = nested(8, lambda: PropertyRead, repeated=True)
    # RFC 6901 pointer to the text that holds the expression: "/cases/1/expression".
    expression_path: str = text(9)
    # The result was cut: the value's text is longer than 512 bytes.
    result_truncated: bool = flag(10)
    # Set of a split.
    split: Optional[SplitChoice] = nested(11, lambda: SplitChoice)


@dataclass(**SLOTS)
class Execution:
    """What was decided, and what became of it."""

    # UUIDv7.
    execution_id: str = text(1)
    status: ExecutionStatus = choice(2, ExecutionStatus)
    # Set when a published tree ran.
    tree: Optional[TreeReference] = nested(3, lambda: TreeReference)
    # SHA-256 of the tree's canonical JSON (RFC 8785).
    tree_digest: bytes = data(4)
    # In order of execution.
    actions: List[ActionResult] = nested(5, lambda: ActionResult, repeated=True)
    # Filled when a trace was asked for.
    trace: List[TraceStep] = nested(6, lambda: TraceStep, repeated=True)
    elapsed: Optional[Duration] = nested(7, lambda: Duration)
    fuel_used: int = integer(8, "uint64")
    # Answered from the idempotency record.
    replayed: bool = flag(9)
    # Steps at the end of the trace that were left out, since a trace takes 1 MiB at most.
    trace_steps_omitted: int = integer(10, "uint64")


# What a traced request that failed carries: the decisions up to the failure.
DETAILS["smartflow.v1.Execution"] = Execution


@dataclass(**SLOTS)
class ExecuteTreeResponse:
    """What an execution is answered."""

    execution: Optional[Execution] = nested(1, lambda: Execution)


@dataclass(**SLOTS)
class ExecuteTreeRequest(Request[ExecuteTreeResponse]):
    """One tree for one player."""

    METHOD: ClassVar[Method] = Method("smartflow.v1.ExecutionService", "ExecuteTree", ExecuteTreeResponse)

    # The JSON form, UTF-8.
    tree_json: Optional[bytes] = data(1, oneof="tree")
    tree_reference: Optional[TreeReference] = nested(2, lambda: TreeReference, oneof="tree")
    tree_node: Optional[Node] = nested(3, lambda: Node, oneof="tree")
    context_struct: Optional[Dict[str, Any]] = members(4, oneof="context")
    # One JSON object, UTF-8.
    context_json: Optional[bytes] = data(5, oneof="context")
    # Whom the decision is about; splits, caps and the audit use it.
    player_id: str = text(6)
    options: Optional[ExecutionOptions] = nested(7, lambda: ExecutionOptions)


@dataclass(**SLOTS)
class BatchItem:
    """One player of a batch."""

    context_struct: Optional[Dict[str, Any]] = members(1, oneof="context")
    # One JSON object, UTF-8.
    context_json: Optional[bytes] = data(2, oneof="context")
    player_id: str = text(3)
    # As in ExecutionOptions, for this player.
    idempotency_key: str = text(4)


@dataclass(**SLOTS)
class BatchResult:
    """What one player of a batch is answered: one of the two."""

    execution: Optional[Execution] = nested(1, lambda: Execution, oneof="result")
    error: Optional[Status] = nested(2, lambda: Status, oneof="result")

    def get(self) -> Execution:
        """The execution; raises the error as the exception that a call of its own would have."""
        if self.execution is not None:
            return self.execution
        raise error_of(self.error if self.error is not None else Status(13, "the result holds nothing"))


@dataclass(**SLOTS)
class ExecuteBatchResponse:
    """What a batch is answered."""

    # One for each item, in the items' order.
    results: List[BatchResult] = nested(1, lambda: BatchResult, repeated=True)


@dataclass(**SLOTS)
class ExecuteBatchRequest(Request[ExecuteBatchResponse]):
    """One tree, many players."""

    METHOD: ClassVar[Method] = Method("smartflow.v1.ExecutionService", "ExecuteBatch", ExecuteBatchResponse)

    tree_json: Optional[bytes] = data(1, oneof="tree")
    tree_reference: Optional[TreeReference] = nested(2, lambda: TreeReference, oneof="tree")
    tree_node: Optional[Node] = nested(3, lambda: Node, oneof="tree")
    items: List[BatchItem] = nested(4, lambda: BatchItem, repeated=True)
    # Idempotency keys are the items'.
    options: Optional[ExecutionOptions] = nested(5, lambda: ExecutionOptions)


class Severity(OpenEnum):
    """How bad it is what a diagnostic tells."""

    UNSPECIFIED = 0
    ERROR = 1
    WARNING = 2
    NOTE = 3


@dataclass(**SLOTS)
class Diagnostic:
    """What there is to say of a place in a tree."""

    severity: Severity = choice(1, Severity)
    # "UNKNOWN_FUNCTION".
    code: str = text(2)
    # JSON pointer.
    path: str = text(3)
    # UTF-8 offsets inside the expression, end exclusive.
    start: int = integer(4, "uint32")
    end: int = integer(5, "uint32")
    # One sentence, with the remedy.
    message: str = text(6)


@dataclass(**SLOTS)
class ValidateTreeResponse:
    """What there is to say of a tree."""

    # No diagnostic of severity error.
    valid: bool = flag(1)
    diagnostics: List[Diagnostic] = nested(2, lambda: Diagnostic, repeated=True)
    canonical_json: bytes = data(3)
    tree_digest: bytes = data(4)
    # Every property the tree reads.
    context_properties: List[str] = text(5, repeated=True)
    # No execution of this tree can use more.
    fuel_bound: int = integer(6, "uint64")


@dataclass(**SLOTS)
class ValidateTreeRequest(Request[ValidateTreeResponse]):
    """A tree to be checked."""

    METHOD: ClassVar[Method] = Method("smartflow.v1.ExecutionService", "ValidateTree", ValidateTreeResponse)

    tree_json: Optional[bytes] = data(1, oneof="tree")
    tree_node: Optional[Node] = nested(2, lambda: Node, oneof="tree")
    # JSON Schema of the context, optional: turns on type checking.
    context_schema: bytes = data(3)


class ServingStatus(OpenEnum):
    """Whether a service serves."""

    UNKNOWN = 0
    SERVING = 1
    NOT_SERVING = 2
    SERVICE_UNKNOWN = 3


@dataclass(**SLOTS)
class HealthCheckResponse:
    """Whether it serves."""

    status: ServingStatus = choice(1, ServingStatus)


@dataclass(**SLOTS)
class HealthCheckRequest(Request[HealthCheckResponse]):
    """Asks for one service, or for the whole server."""

    METHOD: ClassVar[Method] = Method("grpc.health.v1.Health", "Check", HealthCheckResponse, is_safe=True)

    service: str = text(1)


@dataclass(**SLOTS)
class HealthListResponse:
    """Whether each serves."""

    statuses: Dict[str, HealthCheckResponse] = message_map(1, lambda: HealthCheckResponse)


@dataclass(**SLOTS)
class HealthListRequest(Request[HealthListResponse]):
    """Asks for every service of the socket, and the whole server, whose name is empty."""

    METHOD: ClassVar[Method] = Method("grpc.health.v1.Health", "List", HealthListResponse, is_safe=True)
