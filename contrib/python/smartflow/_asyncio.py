"""The client for asyncio."""

import asyncio
import time
from types import TracebackType
from typing import Dict, Iterable, List, Optional, Type, TypeVar

from ._call import Call, checked_timeout
from ._encoding import encode
from ._endpoint import parse_endpoint, standard_endpoint
from ._errors import Code, own_error
from ._exchange import Exchange
from ._execution import BatchItem, BatchResult, Execution, HealthCheckRequest, ServingStatus, ValidateTreeResponse
from ._limits import STREAMS_IN_FLIGHT
from ._link import Link
from ._method import Request
from ._requests import (
    Context,
    Instant,
    MetadataArgument,
    Tree,
    answer_of,
    batch_request,
    execute_request,
    execution_of,
    is_safe_to_resend,
    metadata_pairs,
    validate_request,
)

Response = TypeVar("Response")


class AsyncClient:
    """A client of a SmartFlow daemon for asyncio: many calls at once on one connection.

    The connection is made by the first call and made anew, with backoff, when it is lost. A client belongs to the loop
    of its first call. Close it when it is done with, or use it in an `async with`.

    endpoint: `unix:///run/x.sock`, `unix:relative.sock`, `unix-abstract:name` or a path; by default what
    SMARTFLOW_ENDPOINT says, else the standard place.
    timeout: seconds that a call may take which does not say it itself.
    streams_in_flight: calls that are on the connection at once, at most; more of them wait for their turn.
    """

    def __init__(
        self, endpoint: Optional[str] = None, *, timeout: float = 1.0, streams_in_flight: int = STREAMS_IN_FLIGHT
    ) -> None:
        name = standard_endpoint(endpoint)
        self._timeout = timeout
        self._exchange = Exchange(name, streams_in_flight)
        self._link = Link(self._exchange, parse_endpoint(name), self._unwatch)
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._futures: Dict[Call, "asyncio.Future[None]"] = {}
        self._is_closed = False
        self._is_scheduled = False
        self._watched: Optional[int] = None
        self._is_watching_room = False
        self._redial: Optional[asyncio.TimerHandle] = None

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the client: calls that are under way fail with CANCELLED, and so do all that come after."""
        self._is_closed = True
        self._exchange.close()
        self._link.hang_up()
        if self._redial is not None:
            self._redial.cancel()
            self._redial = None

    async def call_by_name(
        self, service: str, method: str, payload: bytes, *, timeout: Optional[float] = None,
        metadata: Optional[MetadataArgument] = None, safe_to_resend: bool = False,
        grace: float = 0.0, waits_for_server: bool = True,
    ) -> bytes:
        """Calls a method by its names, and gives the answer's bytes; see `call`."""
        total = checked_timeout(self._timeout if timeout is None else timeout, grace)
        loop = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            raise RuntimeError("the client belongs to another asyncio loop")
        if self._is_closed:
            raise own_error(Code.CANCELLED, "the client is closed")
        call = Call(
            service, method, payload, metadata_pairs(metadata), time.monotonic() + total, grace, safe_to_resend,
            waits_for_server, self._end)
        future = self._futures[call] = loop.create_future()
        timer = loop.call_later(total, self._exchange.expire, call)
        try:
            self._exchange.begin(call)
            self._schedule(loop)
            await future
        except asyncio.CancelledError:
            self._exchange.give_up(call, own_error(Code.CANCELLED, "the task was cancelled"))
            raise
        finally:
            timer.cancel()
            self._futures.pop(call, None)
        return call.result()

    def _end(self, call: Call) -> None:
        future = self._futures.get(call)
        if future is not None and not future.done():
            future.set_result(None)

    def _schedule(self, loop: asyncio.AbstractEventLoop) -> None:
        """Calls that tasks begin in one turn of the loop are sent together."""
        if not self._is_scheduled:
            self._is_scheduled = True
            loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        """Dials where that is due, and sends what can be sent."""
        self._is_scheduled = False
        loop = self._loop
        if self._is_closed or loop is None:
            return
        if self._exchange.wants_connection:
            left = self._exchange.next_dial - time.monotonic()
            if left <= 0 and not self._link.dial():
                left = self._exchange.next_dial - time.monotonic()
            if self._link.socket is None and self._exchange.wants_connection and self._redial is None:
                self._redial = loop.call_later(max(left, 0), self._dial_again)
        if self._link.socket is None:
            return
        if self._watched is None:
            self._watched = self._link.socket.fileno()
            loop.add_reader(self._watched, self._read)
        has_more = self._link.send()
        if has_more != self._is_watching_room:
            self._is_watching_room = has_more
            if has_more:
                loop.add_writer(self._watched, self._go_on)
            else:
                loop.remove_writer(self._watched)

    def _dial_again(self) -> None:
        self._redial = None
        self._go_on()

    def _read(self) -> None:
        self._link.read()
        if self._exchange.waiting:
            self._go_on()

    def _unwatch(self) -> None:
        if self._watched is not None and self._loop is not None and not self._loop.is_closed():
            self._loop.remove_reader(self._watched)
            self._loop.remove_writer(self._watched)
        self._watched = None
        self._is_watching_room = False

    # --- Methods

    async def call(
        self, request: Request[Response], *, timeout: Optional[float] = None,
        metadata: Optional[MetadataArgument] = None, safe_to_resend: bool = False,
        grace: float = 0.0, waits_for_server: bool = True,
    ) -> Response:
        """Calls the method that a request is for.

        timeout: seconds for all of it, dialling, writing and waiting; the server is told what is left of it. By
        default the client's own.
        metadata: what goes with the call, such as `traceparent`, `tracestate`, `x-request-id`.
        safe_to_resend: whether it may be sent again when the connection was lost after it had been written. Dry runs
        and executions with an idempotency key are safe by themselves.
        grace: seconds to wait longer than the server is told, so that its own DEADLINE_EXCEEDED arrives with all that
        it says.
        waits_for_server: whether the call waits for a server that is not there, dialling again and again; otherwise
        it fails with UNAVAILABLE at the first dial that finds nobody.

        Raises SmartFlowError; ValueError or TypeError where a field holds what its kind can't say.
        """
        method = request.METHOD
        answer = await self.call_by_name(
            method.service, method.name, encode(request), timeout=timeout, metadata=metadata,
            safe_to_resend=safe_to_resend or method.is_safe or is_safe_to_resend(request),
            grace=grace, waits_for_server=waits_for_server)
        return answer_of(request, answer)

    async def execute(
        self, tree: Optional[Tree] = None, context: Optional[Context] = None, *, player_id: str = "",
        dry_run: bool = False, trace: bool = False, idempotency_key: str = "", locale: str = "",
        now: Optional[Instant] = None, timeout: Optional[float] = None,
        metadata: Optional[MetadataArgument] = None, grace: float = 0.0,
    ) -> Execution:
        """Decides for one player, has the actions that follow recorded, and says which they are.

        tree: its JSON as dict, text or bytes, a TreeReference, or a Node. A dict is written anew at each call: keep
        the bytes of a large one, or publish it.
        context: a dict of None, bool, int, float, str, list and dict, or JSON as text or bytes.
        """
        request = execute_request(tree, context, player_id, dry_run, trace, idempotency_key, locale, now)
        return execution_of(await self.call(request, timeout=timeout, metadata=metadata, grace=grace))

    async def execute_batch(
        self, tree: Tree, items: Iterable[BatchItem], *, dry_run: bool = False, trace: bool = False,
        locale: str = "", now: Optional[Instant] = None, timeout: Optional[float] = None,
        metadata: Optional[MetadataArgument] = None, grace: float = 0.0,
    ) -> List[BatchResult]:
        """One tree for many players, each answered on its own, in their order; `batch_item` makes an item."""
        request = batch_request(tree, items, dry_run, trace, locale, now)
        return (await self.call(request, timeout=timeout, metadata=metadata, grace=grace)).results

    async def validate(
        self, tree: Tree, *, context_schema: Optional[Context] = None, timeout: Optional[float] = None,
        metadata: Optional[MetadataArgument] = None, grace: float = 0.0,
    ) -> ValidateTreeResponse:
        """Says whether a tree is sound, and what is wrong with it; never executes."""
        request = validate_request(tree, context_schema)
        return await self.call(request, timeout=timeout, metadata=metadata, grace=grace)

    async def health(
        self, service: str = "", *, timeout: Optional[float] = None, waits_for_server: bool = True
    ) -> ServingStatus:
        """Whether a service, or the whole server, serves."""
        request = HealthCheckRequest(service)
        return (await self.call(request, timeout=timeout, waits_for_server=waits_for_server)).status
