"""What containerd's ttRPC was recorded to say: our bytes are its bytes, and its answers are read as ours."""

import json
import socket
import unittest

from smartflow._call import put_envelope
from smartflow._decoding import decode
from smartflow._encoding import encode
from smartflow._exchange import HEADER, REQUEST, Response

from .support import ROOT, DaemonCase, frame

LINES = (ROOT / "Tests/EndToEndTests/Vectors/transcripts.ndjson").read_text().splitlines()
TRANSCRIPTS = [json.loads(line) for line in LINES]


def written(one):
    """The bytes of one write."""
    if isinstance(one, str):
        return bytes.fromhex(one)
    return frame(one["frame"]["stream"], bytes(one["frame"]["zeros"]), kind=one["frame"]["type"])


def request(stream, service, method, timeout=0, metadata=()):
    out = bytearray()
    put_envelope(out, service, method, b"", timeout, metadata)
    return frame(stream, bytes(out), kind=REQUEST)


class Requests(unittest.TestCase):
    def sent(self, name):
        [found] = [one for one in TRANSCRIPTS if one["name"] == name]
        return b"".join(written(one) for one in found["send"])

    def test_are_those_of_the_reference_byte_for_byte(self):
        check = ("grpc.health.v1.Health", "Check")
        self.assertEqual(request(1, *check), self.sent("a unary call is answered on its own stream"))
        self.assertEqual(
            b"".join(request(stream, *check) for stream in (1, 3, 5)),
            self.sent("three calls in one write are all answered"))
        self.assertEqual(
            request(1, "no.such.Service", "Check") + request(3, *check),
            self.sent("an unknown service is unimplemented"))
        self.assertEqual(
            request(1, *check, timeout=1_000_000_000, metadata=[
                ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), ("k", "a"), ("k", "b")]),
            self.sent("metadata and a timeout do not change a call"))


class Answers(DaemonCase):
    def test_of_the_daemon_are_those_of_the_reference(self):
        for transcript in TRANSCRIPTS:
            with self.subTest(transcript["name"]):
                expected = [transcript["answers"], transcript.get("also_accepted")]
                got = self.answers(transcript)
                self.assertIn(got, [sorted(one, key=str) for one in expected if one is not None])

    def answers(self, transcript):
        """As many as are expected, as the client's own code reads them."""
        found = []
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(30)
            link.connect(self.daemon.path)
            for one in transcript["send"]:
                link.sendall(written(one))
            with link.makefile("rb") as stream:
                for _ in transcript["answers"]:
                    size, number, _, _ = HEADER.unpack(stream.read(HEADER.size))
                    response = decode(Response, stream.read(size))
                    code = 0 if response.status is None else response.status.code
                    one = {"stream": number, "code": code}
                    if response.payload:
                        one["payload"] = response.payload.hex()
                    found.append(one)
                    self.assertEqual(decode(Response, encode(response)), response)
        return sorted(found, key=str)


if __name__ == "__main__":
    unittest.main()
