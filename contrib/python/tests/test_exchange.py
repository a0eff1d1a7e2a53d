"""The machine, without sockets: bytes and calls in, bytes and ended calls out."""

import random
import unittest

import smartflow
from smartflow import _limits
from smartflow._call import Call
from smartflow._encoding import encode
from smartflow._exchange import HEADER, REQUEST, RESPONSE, Exchange, Response

from .support import SERVING, frame, timeout_of


def answer(stream, payload=SERVING, status=None):
    return frame(stream, encode(Response(status, payload)))


class ExchangeCase(unittest.TestCase):
    def setUp(self):
        self.ended = []
        self.exchange = Exchange("unix:s", streams=4)

    def call(self, payload=b"", deadline=100.0, is_safe=False, waits=True, grace=0.0, metadata=()):
        call = Call("s.S", "M", payload, metadata, deadline, grace, is_safe, waits, self.ended.append)
        self.exchange.begin(call)
        return call

    def connected(self, *calls):
        """Connects and sends everything."""
        self.exchange.connected()
        self.send()
        return calls

    def send(self, now=0.0):
        out = bytes(self.exchange.output(now))
        self.exchange.sent(len(out))
        return out

    def frames(self, out):
        """Stream and data of each."""
        at, found = 0, []
        while at < len(out):
            size, stream, kind, flags = HEADER.unpack_from(out, at)
            self.assertEqual((kind, flags), (REQUEST, 0))
            found.append((stream, out[at + HEADER.size:at + HEADER.size + size]))
            at += HEADER.size + size
        self.assertEqual(at, len(out))
        return found


class Calls(ExchangeCase):
    def test_take_odd_streams_in_order(self):
        for _ in range(3):
            self.call()
        self.exchange.connected()
        self.assertEqual([stream for stream, _ in self.frames(self.send())], [1, 3, 5])

    def test_tell_the_server_what_is_left_of_their_time(self):
        self.call(deadline=2.5, grace=0.5)
        self.exchange.connected()
        [(_, envelope)] = self.frames(self.send(now=1.0))
        self.assertEqual(timeout_of(envelope), 1_000_000_000)

    def test_wait_while_as_many_are_in_flight_as_may_be(self):
        calls = [self.call() for _ in range(6)]
        self.exchange.connected()
        self.assertEqual(len(self.frames(self.send())), 4)
        self.exchange.received(answer(3))
        self.assertEqual([stream for stream, _ in self.frames(self.send())], [9])
        self.assertEqual(self.ended, [calls[1]])

    def test_that_were_given_up_count_until_they_are_answered(self):
        calls = self.connected(*[self.call() for _ in range(5)])
        self.exchange.expire(calls[0])
        self.assertEqual(self.send(), b"")
        self.exchange.received(answer(1))
        self.assertEqual([stream for stream, _ in self.frames(self.send())], [9])
        self.assertIsInstance(calls[0].error, smartflow.DeadlineExceeded)

    def test_all_given_up_with_more_to_come_show_a_dead_connection(self):
        for call in self.connected(*[self.call() for _ in range(4)]):
            self.exchange.expire(call)
        self.assertFalse(self.exchange.is_stuck)
        self.call()
        self.assertTrue(self.exchange.is_stuck)

    def test_too_many_to_wait_are_refused(self):
        for _ in range(_limits.CALLS_WAITING):
            self.call()
        self.assertIsInstance(self.call().error, smartflow.ResourceExhausted)

    def test_too_large_are_refused_before_they_are_sent(self):
        error = self.call(bytes(_limits.MESSAGE_BYTES + 1)).error
        self.assertIsInstance(error, smartflow.ResourceExhausted)
        self.assertEqual(error.reason, "MESSAGE_TOO_LARGE")
        barely = self.call(bytes(_limits.MESSAGE_BYTES - 5))
        self.exchange.connected()
        self.assertEqual(self.send(), b"")
        self.assertEqual(barely.error.reason, "MESSAGE_TOO_LARGE")

    def test_are_put_out_no_further_than_the_output_may_grow(self):
        for _ in range(4):
            self.call(bytes(_limits.MESSAGE_BYTES - 1000))
        self.exchange.connected()
        self.assertLess(len(self.exchange.output(0)), _limits.OUTPUT_BYTES + _limits.MESSAGE_BYTES + 100)
        self.assertEqual(len(self.exchange.waiting), 1)

    def test_whose_metadata_is_no_text_end_alone(self):
        wrong, right = self.call(metadata=[("a", "\ud800")]), self.call()
        self.exchange.connected()
        self.assertEqual(len(self.frames(self.send())), 1)
        self.assertIsInstance(wrong.error, smartflow.InvalidArgument)
        self.assertFalse(right.is_over)

    def test_end_when_all_is_closed(self):
        calls = self.connected(*[self.call() for _ in range(6)])
        self.exchange.close()
        self.assertTrue(all(isinstance(call.error, smartflow.Cancelled) for call in calls))


class Answers(ExchangeCase):
    def test_are_matched_in_any_order_cut_anywhere(self):
        chance = random.Random(5)
        for _ in range(200):
            self.setUp()
            calls = self.connected(*[self.call() for _ in range(4)])
            streams = [1, 3, 5, 7]
            chance.shuffle(streams)
            # Frames of other kinds and for nobody stand between.
            out = b"".join(answer(stream, b"%d" % stream) + frame(99, b"xx") + frame(1, b"y", kind=9)
                           for stream in streams)
            while out:
                count = chance.randrange(1, 30)
                self.exchange.received(out[:count])
                out = out[count:]
            self.assertEqual([call.result() for call in calls], [b"1", b"3", b"5", b"7"])

    def test_byte_by_byte_are_the_same(self):
        [call] = self.connected(self.call())
        for byte in answer(1):
            self.exchange.received(bytes([byte]))
        self.assertEqual(call.result(), SERVING)

    def test_too_long_end_their_call_and_are_thrown_away(self):
        first, second = self.connected(self.call(), self.call())
        size = _limits.MESSAGE_BYTES + 1
        self.exchange.received(HEADER.pack(size, 1, RESPONSE, 0))
        self.assertIsInstance(first.error, smartflow.ResourceExhausted)
        for _ in range(size // 65_536):
            self.exchange.received(bytes(65_536))
            self.assertLess(len(self.exchange._input), 65_536)
        self.exchange.received(bytes(size % 65_536) + answer(3))
        self.assertEqual(second.result(), SERVING)

    def test_late_are_skipped(self):
        first, second = self.connected(self.call(), self.call())
        self.exchange.expire(first)
        self.exchange.received(answer(1) + answer(3))
        self.assertIsInstance(first.error, smartflow.DeadlineExceeded)
        self.assertEqual(second.result(), SERVING)

    def test_with_a_status_are_exceptions(self):
        [call] = self.connected(self.call())
        self.exchange.received(answer(1, b"", smartflow.Status(5, "no such tree")))
        with self.assertRaises(smartflow.NotFound) as caught:
            call.result()
        self.assertEqual((str(caught.exception), caught.exception.is_transport), ("NOT_FOUND: no such tree", False))

    def test_of_an_unknown_code_keep_it(self):
        [call] = self.connected(self.call())
        self.exchange.received(answer(1, b"", smartflow.Status(99, "new")))
        self.assertEqual((call.error.code, type(call.error)), (99, smartflow.SmartFlowError))

    def test_that_do_not_parse_are_the_servers_fault(self):
        [call] = self.connected(self.call())
        self.exchange.received(frame(1, b"\x0a\xff"))
        self.assertIsInstance(call.error, smartflow.Internal)

    def test_of_any_bytes_end_or_not_but_harm_nothing(self):
        chance = random.Random(8)
        for _ in range(300):
            self.setUp()
            self.connected(self.call(), self.call())
            self.exchange.received(bytes(chance.choice([0, 1, 2, 3, 8, 10, 255]) for _ in range(200)))


class Losses(ExchangeCase):
    def test_fail_what_was_written_and_is_not_safe(self):
        unsafe, safe = self.connected(self.call(), self.call(is_safe=True))
        self.exchange.lost("gone", 0.0)
        self.assertIsInstance(unsafe.error, smartflow.ConnectionLost)
        self.assertTrue(unsafe.error.is_transport)
        self.assertEqual(list(self.exchange.waiting), [safe])

    def test_send_again_what_was_not_written_to_its_end(self):
        call = self.call(bytes(1000))
        self.exchange.connected()
        self.exchange.sent(len(self.exchange.output(0)) - 1)
        self.exchange.lost("gone", 0.0)
        self.assertEqual((list(self.exchange.waiting), call.resends), ([call], 0))

    def test_keep_the_order_before_what_waits(self):
        calls = self.connected(*[self.call(is_safe=True) for _ in range(6)])
        self.exchange.lost("gone", 0.0)
        self.assertEqual(list(self.exchange.waiting), list(calls))

    def test_send_the_same_call_again_twice_and_no_more(self):
        call = self.call(is_safe=True)
        for _ in range(_limits.RESENDS):
            self.connected()
            self.exchange.lost("gone", 0.0)
            self.assertFalse(call.is_over)
        self.connected()
        self.exchange.lost("gone", 0.0)
        self.assertIsInstance(call.error, smartflow.ConnectionLost)

    def test_back_off_twice_as_long_each_time_until_an_answer(self):
        pauses = []
        for _ in range(12):
            self.exchange.dial_failed(FileNotFoundError(), 50.0)
            pauses.append(self.exchange.next_dial - 50)
        longest = [min(1.0, 0.01 * 2 ** index) for index in range(12)]
        for pause, most in zip(pauses, longest):
            self.assertTrue(most / 2 <= pause <= most, (pause, most))
        self.connected(self.call())
        self.exchange.received(answer(1))
        self.exchange.lost("gone", 50.0)
        self.assertLessEqual(self.exchange.next_dial, 50.01)

    def test_of_the_right_to_connect_end_all(self):
        call = self.call()
        self.exchange.dial_failed(PermissionError(13, "no"), 0.0)
        self.assertIsInstance(call.error, smartflow.PermissionDenied)

    def test_end_at_once_only_calls_that_do_not_wait(self):
        patient, impatient = self.call(), self.call(waits=False)
        self.exchange.dial_failed(ConnectionRefusedError(111, "refused"), 0.0)
        self.assertIsInstance(impatient.error, smartflow.Unavailable)
        self.assertFalse(patient.is_over)
        self.exchange.expire(patient)
        self.assertIsInstance(patient.error, smartflow.Unavailable)

    def test_of_stream_numbers_take_a_new_connection(self):
        self.exchange.connected()
        self.exchange._next_stream = 0xFFFF_FFFF
        self.call()
        waiting = self.call()
        self.assertEqual([stream for stream, _ in self.frames(self.send())], [0xFFFF_FFFF])
        self.assertFalse(self.exchange.is_used_up)
        self.exchange.received(answer(0xFFFF_FFFF))
        self.assertTrue(self.exchange.is_used_up)
        self.exchange.lost("used up", 0.0)
        self.exchange.connected()
        self.assertEqual([stream for stream, _ in self.frames(self.send())], [1])
        self.assertFalse(waiting.is_over)


class Endpoints(unittest.TestCase):
    def test_are_paths_and_abstract_names(self):
        from smartflow._endpoint import parse_endpoint
        for text, address in (
            ("unix:///run/x.sock", "/run/x.sock"), ("unix:x.sock", "x.sock"), ("/run/x.sock", "/run/x.sock"),
            ("unix-abstract:name", b"\0name"), ("unix:" + "a" * 107, "a" * 107),
        ):
            self.assertEqual(parse_endpoint(text), address)

    def test_of_other_kinds_are_refused(self):
        for text in ("", "unix:", "tcp://localhost:1", "unix:" + "a" * 108, "unix:a\0b", "unix:" + "ä" * 54):
            with self.subTest(text), self.assertRaises(smartflow.InvalidArgument):
                smartflow.Client(text)


if __name__ == "__main__":
    unittest.main()
