"""A client of SmartFlow Core: decisions over a Unix socket, from threads or from asyncio.

It needs Linux and the standard library, and nothing else.
"""

from ._admin import (
    ConfigurationSource, ConfigurationValue, ConfinementLayer, ConfinementState, DigestKind, DrainRequest,
    DrainResponse, GetMetricsRequest, GetMetricsResponse, GetServerInfoRequest, GetServerInfoResponse,
    LiftQuarantineRequest, LiftQuarantineResponse, Limits, LogLevel, MetricsFormat, QuarantinedTree,
    SetLogLevelRequest, SetLogLevelResponse, SocketInfo, SocketPurpose, WorkerDeaths, WorkerInfo, WorkerState)
from ._asyncio import AsyncClient
from ._blocking import Client
from ._errors import (
    Aborted, AlreadyExists, Cancelled, Code, ConnectionLost, DeadlineExceeded, FailedPrecondition, Internal,
    InvalidArgument, NotFound, PermissionDenied, ResourceExhausted, SmartFlowError, Unavailable, Unimplemented)
from ._execution import (
    ActionResult, ActionStatus, BatchItem, BatchResult, Case, Diagnostic, ExecuteBatchRequest,
    ExecuteBatchResponse, ExecuteTreeRequest, ExecuteTreeResponse, Execution, ExecutionOptions, ExecutionStatus,
    HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse, Node, PropertyRead,
    ServingStatus, Severity, Share, SplitChoice, TraceStep, TreeReference, ValidateTreeRequest,
    ValidateTreeResponse)
from ._method import Method, Request
from ._requests import Context, Tree, batch_item
from ._status import (
    AnyMessage, BadRequest, Duration, ErrorInfo, FieldViolation, ResourceInfo, RetryInfo, Status, Timestamp)
from ._trees import (
    ActivateTreeRequest, ActivateTreeResponse, Author, GetTreeRequest, GetTreeResponse, ListTreeVersionsRequest,
    ListTreeVersionsResponse, ListTreesRequest, ListTreesResponse, PublishTreeRequest, PublishTreeResponse,
    RetireTreeRequest, RetireTreeResponse, TreeSummary, TreeVersion)

__all__ = [
    "Aborted", "ActionResult", "ActionStatus", "ActivateTreeRequest", "ActivateTreeResponse", "AlreadyExists",
    "AnyMessage", "AsyncClient", "Author", "BadRequest", "BatchItem", "BatchResult", "Cancelled", "Case",
    "Client", "Code", "ConfigurationSource", "ConfigurationValue", "ConfinementLayer", "ConfinementState",
    "ConnectionLost", "Context", "DeadlineExceeded", "Diagnostic", "DigestKind", "DrainRequest",
    "DrainResponse", "Duration", "ErrorInfo", "ExecuteBatchRequest", "ExecuteBatchResponse",
    "ExecuteTreeRequest", "ExecuteTreeResponse", "Execution", "ExecutionOptions", "ExecutionStatus",
    "FailedPrecondition", "FieldViolation", "GetMetricsRequest", "GetMetricsResponse", "GetServerInfoRequest",
    "GetServerInfoResponse", "GetTreeRequest", "GetTreeResponse", "HealthCheckRequest", "HealthCheckResponse",
    "HealthListRequest", "HealthListResponse", "Internal", "InvalidArgument", "LiftQuarantineRequest",
    "LiftQuarantineResponse", "Limits", "ListTreeVersionsRequest", "ListTreeVersionsResponse",
    "ListTreesRequest", "ListTreesResponse", "LogLevel", "Method", "MetricsFormat", "Node", "NotFound",
    "PermissionDenied", "PropertyRead", "PublishTreeRequest", "PublishTreeResponse", "QuarantinedTree",
    "Request", "ResourceExhausted", "ResourceInfo", "RetireTreeRequest", "RetireTreeResponse", "RetryInfo",
    "ServingStatus", "SetLogLevelRequest", "SetLogLevelResponse", "Severity", "Share", "SmartFlowError",
    "SocketInfo", "SocketPurpose", "SplitChoice", "Status", "Timestamp", "TraceStep", "Tree", "TreeReference",
    "TreeSummary", "TreeVersion", "Unavailable", "Unimplemented", "ValidateTreeRequest", "ValidateTreeResponse",
    "WorkerDeaths", "WorkerInfo", "WorkerState", "batch_item",
]
