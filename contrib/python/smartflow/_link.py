"""A socket for an exchange: dials, sends and reads without ever waiting."""

import socket
import time
from typing import Callable, Optional, Union

from ._exchange import Exchange
from ._limits import READ_BYTES, READS_AFTER_END, READS_PER_TURN


class Link:
    """The connection of an exchange, while there is one."""

    def __init__(
        self, exchange: Exchange, address: Union[str, bytes], before_hang_up: Callable[[], None]
    ) -> None:
        self.exchange = exchange
        # Whoever watches the socket stops before its number may be another's.
        self._before_hang_up = before_hang_up
        self.socket: Optional[socket.socket] = None
        self._address = address
        self._why_broken: Optional[str] = None

    def dial(self) -> bool:
        """Connects, at once or not at all: a Unix socket whose backlog is full is dialled again later."""
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            link.setblocking(False)
            link.connect(self._address)
        except OSError as error:
            link.close()
            self.exchange.dial_failed(error, time.monotonic())
            return False
        self.socket = link
        self._why_broken = None
        self.exchange.connected()
        return True

    def send(self) -> bool:
        """Sends what can be sent; whether there is more."""
        if self.socket is None or self._why_broken is not None:
            return False
        exchange = self.exchange
        while True:
            output = exchange.output(time.monotonic())
            if exchange.is_stuck:
                self.break_off("the server answers nothing on this connection")
                return False
            if exchange.is_used_up:
                self.break_off("all stream IDs are used up")
                return False
            if not output:
                return False
            try:
                exchange.sent(self.socket.send(output))
            except BlockingIOError:
                return True
            except OSError:
                # The answers that came before the connection ended are read first: their calls are not lost.
                self.break_off("the connection was lost while writing")
                return False

    def break_off(self, reason: str) -> None:
        """Ends the connection so that whoever waits for it sees its end."""
        self._why_broken = self._why_broken or reason
        if self.socket is not None:
            try:
                self.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                # The other side was faster.
                pass

    def read(self) -> None:
        """Takes in what has come; at the connection's end gives it up."""
        ended = self._why_broken is not None
        for _ in range(READS_AFTER_END if ended else READS_PER_TURN):
            if self.socket is None:
                return
            try:
                chunk = self.socket.recv(READ_BYTES)
            except BlockingIOError:
                if not ended:
                    return
                break
            except OSError as error:
                self.lose(f"read: {error}")
                return
            if not chunk:
                self.lose("the server closed the connection")
                return
            self.exchange.received(chunk)
            if len(chunk) < READ_BYTES and not ended:
                return
        if ended:
            self.lose("the connection was lost")

    def lose(self, reason: str) -> None:
        """Forgets the connection."""
        self.hang_up()
        self.exchange.lost(self._why_broken or reason, time.monotonic())

    def hang_up(self) -> None:
        """Closes the socket; the other side of a fork keeps its own."""
        if self.socket is not None:
            self._before_hang_up()
            self.socket.close()
            self.socket = None
