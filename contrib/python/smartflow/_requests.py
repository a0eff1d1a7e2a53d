"""What both clients make of their methods' arguments."""

import datetime
import json
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple, TypeVar, Union

from ._call import Metadata
from ._decoding import DecodeError, decode
from ._errors import Code, own_error
from ._execution import (
    BatchItem,
    ExecuteBatchRequest,
    ExecuteTreeRequest,
    ExecuteTreeResponse,
    Execution,
    ExecutionOptions,
    Node,
    TreeReference,
    ValidateTreeRequest,
)
from ._method import Request
from ._status import Timestamp

Response = TypeVar("Response")

# A tree: its JSON as dict, text or bytes; its name; or its messages.
Tree = Union[Mapping[str, Any], str, bytes, TreeReference, Node]
# A context: a dict, or its JSON as text or bytes.
Context = Union[Mapping[str, Any], str, bytes]
# What goes with a call, such as `traceparent`.
MetadataArgument = Union[Mapping[str, str], Iterable[Tuple[str, str]]]
Instant = Union[Timestamp, datetime.datetime]


def _plain(value: object) -> Dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no value of JSON; write it as text or number")


_WRITER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)


def json_bytes(value: Context) -> bytes:
    """JSON as the daemon reads it: what is text or bytes already goes as it is.

    Raises TypeError where a value is none of JSON's, and ValueError for NaN, infinities and what holds itself.
    """
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    return _WRITER.encode(value).encode()


def _tree(tree: Optional[Tree]) -> Dict[str, Any]:
    if tree is None:
        return {}
    if isinstance(tree, TreeReference):
        return {"tree_reference": tree}
    if isinstance(tree, Node):
        return {"tree_node": tree}
    return {"tree_json": json_bytes(tree)}


def _options(
    dry_run: bool, trace: bool, idempotency_key: str, locale: str, now: Optional[Instant]
) -> Optional[ExecutionOptions]:
    if not (dry_run or trace or idempotency_key or locale or now is not None):
        return None
    instant = None if now is None else Timestamp.of(now)
    return ExecutionOptions(dry_run, trace, idempotency_key, locale, instant)


def execute_request(
    tree: Optional[Tree], context: Optional[Context], player_id: str, dry_run: bool, trace: bool,
    idempotency_key: str, locale: str, now: Optional[Instant],
) -> ExecuteTreeRequest:
    """What `execute` sends; contexts go as JSON.

    Python writes a player's in 0.4 of the time of a Struct, and the daemon reads it in 0.9 of it (`bench --contexts`);
    and a text may hold U+0000, which a Struct's may not.
    """
    return ExecuteTreeRequest(
        context_json=None if context is None else json_bytes(context), player_id=player_id,
        options=_options(dry_run, trace, idempotency_key, locale, now), **_tree(tree))


def batch_item(context: Optional[Context], player_id: str = "", idempotency_key: str = "") -> BatchItem:
    """One player of a batch."""
    return BatchItem(
        context_json=None if context is None else json_bytes(context), player_id=player_id,
        idempotency_key=idempotency_key)


def batch_request(
    tree: Optional[Tree], items: Iterable[BatchItem], dry_run: bool, trace: bool, locale: str,
    now: Optional[Instant],
) -> ExecuteBatchRequest:
    return ExecuteBatchRequest(
        items=list(items), options=_options(dry_run, trace, "", locale, now), **_tree(tree))


def validate_request(tree: Tree, context_schema: Optional[Context]) -> ValidateTreeRequest:
    if isinstance(tree, TreeReference):
        raise TypeError("a published tree was checked when it was published")
    return ValidateTreeRequest(
        context_schema=b"" if context_schema is None else json_bytes(context_schema), **_tree(tree))


def is_safe_to_resend(request: object) -> bool:
    """Whether it performs nothing, or nothing twice."""
    if isinstance(request, ExecuteTreeRequest):
        options = request.options
        return options is not None and (options.dry_run or bool(options.idempotency_key))
    if isinstance(request, ExecuteBatchRequest):
        dry_run = request.options is not None and request.options.dry_run
        return dry_run or all(item.idempotency_key for item in request.items)
    return False


def answer_of(request: Request[Response], answer: bytes) -> Response:
    """The message that a request was answered with."""
    try:
        response: Response = decode(request.METHOD.response, answer)
    except DecodeError as error:
        raise own_error(Code.INTERNAL, f"the server's answer does not parse: {error}") from None
    return response


def execution_of(response: ExecuteTreeResponse) -> Execution:
    """What `execute` returns."""
    if response.execution is None:
        raise own_error(Code.INTERNAL, "the server's answer holds no execution")
    return response.execution


def metadata_pairs(given: Optional[MetadataArgument]) -> Metadata:
    """Metadata as the envelope has it."""
    if given is None:
        return ()
    pairs: List[Tuple[str, str]] = list(given.items() if isinstance(given, Mapping) else given)
    return pairs
