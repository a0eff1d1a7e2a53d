"""ttRPC as a stranger would write it. Imported by the commands of bench/."""

import socket
import struct

from common import Failed, field, varint

TIMEOUT_NANOSECONDS = 5_000_000_000


def envelope(service, method, payload):
    return (field(1, f"smartflow.v1.{service}") + field(2, method) + field(3, payload) + varint(4 << 3)
            + varint(TIMEOUT_NANOSECONDS))


class Connection:
    """A connection, on which calls are answered in the order in which they are made."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        try:
            self.socket.connect(path)
        except OSError:
            self.socket.close()
            raise
        self.stream = -1

    def call(self, service, method, payload):
        return self.send(envelope(service, method, payload), method)

    def send(self, data, what="the request"):
        """Sends a frame's data, a ttrpc.Request; gives that of the answer."""
        self.write(data)
        return self.read(what)

    def send_all(self, requests, in_flight=12):
        """Sends all, so many at once, which is less than what a worker's desk holds, and looks at every answer."""
        waiting = 0
        for data in requests:
            if waiting == in_flight:
                self.read()
                waiting -= 1
            self.write(data)
            waiting += 1
        for _ in range(waiting):
            self.read()

    def write(self, data):
        self.stream += 2
        self.socket.sendall(struct.pack(">IIBB", len(data), self.stream, 1, 0) + data)

    def read(self, what="the request"):
        """The data of the next answer; a status other than OK ends the run."""
        head = self.exactly(10)
        answer = self.exactly(struct.unpack(">I", head[:4])[0])
        if answer[:1] == b"\x0a":
            raise Failed(f"{what} was refused: {answer[:300]!r}")
        return answer

    def exactly(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise Failed("the daemon closed the connection")
            data += part
        return data

    def close(self):
        self.socket.close()
