"""ttRPC as a stranger would write it: one call at a time. Imported by the commands of bench/."""

import socket
import struct

from common import Failed, field, varint

TIMEOUT_NANOSECONDS = 5_000_000_000


def envelope(service, method, payload):
    return (field(1, f"smartflow.v1.{service}") + field(2, method) + field(3, payload) + varint(4 << 3)
            + varint(TIMEOUT_NANOSECONDS))


class Connection:
    """A connection, on which one call follows the other."""

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
        self.stream += 2
        self.socket.sendall(struct.pack(">IIBB", len(data), self.stream, 1, 0) + data)
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
