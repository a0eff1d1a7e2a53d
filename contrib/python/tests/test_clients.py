"""Both clients, by the same tests, against servers that do as they are told."""

import asyncio
import concurrent.futures
import inspect
import os
import pickle
import signal
import socket
import threading
import time
import unittest
import warnings

import smartflow

from .support import ANSWER, HANG_UP, LATER, REFUSE, SERVING, SILENCE, ScriptedCase, timeout_of, wait_until

HEALTH = ("grpc.health.v1.Health", "Check")


class Looped:
    """An AsyncClient, called from threads as a Client is."""

    def __init__(self, *arguments, **options):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._client = smartflow.AsyncClient(*arguments, **options)

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def health(self, *arguments, **options):
        return self._run(self._client.health(*arguments, **options))

    def call(self, *arguments, **options):
        return self._run(self._client.call(*arguments, **options))

    def call_by_name(self, *arguments, **options):
        return self._run(self._client.call_by_name(*arguments, **options))

    def close(self):
        if self._thread.is_alive():
            self._run(self._client.close())

    def end(self):
        self.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()


class Scenarios:
    """What both kinds of client do; `make` makes one."""

    def make(self, **options):
        raise NotImplementedError

    def in_background(self, call, *arguments, **options):
        pool = concurrent.futures.ThreadPoolExecutor(1)
        self.addCleanup(pool.shutdown)
        return pool.submit(call, *arguments, **options)

    def test_makes_a_thousand_calls_at_once_on_one_connection(self):
        server = self.serve()
        client = self.make(timeout=30)
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            found = list(pool.map(lambda _: client.health(), range(1000)))
        self.assertEqual(set(found), {smartflow.ServingStatus.SERVING})
        self.assertEqual((len(server.calls), server.connections), (1000, 1))

    def test_matches_answers_that_come_in_another_order(self):
        server = self.serve(lambda index: LATER if index == 1 else ANSWER)
        client = self.make(timeout=30)
        first = self.in_background(client.health)
        server.wait_for_calls(1)
        self.assertEqual(client.health(), smartflow.ServingStatus.SERVING)
        self.assertEqual(first.result(), smartflow.ServingStatus.SERVING)

    def test_gives_up_by_its_own_clock_and_skips_the_answer_that_comes_later(self):
        self.serve(lambda index: LATER if index == 1 else ANSWER)
        client = self.make()
        with self.assertRaises(smartflow.DeadlineExceeded) as caught:
            client.health(timeout=0.1)
        self.assertIsInstance(caught.exception, TimeoutError)
        self.assertTrue(caught.exception.is_transport)
        self.assertEqual(client.health(timeout=30), smartflow.ServingStatus.SERVING)

    def test_tells_the_server_to_give_up_before_it_does_so_itself(self):
        server = self.serve()
        client = self.make()
        for grace in (0, 30):
            client.call(smartflow.HealthCheckRequest(), timeout=20, grace=grace)
        for envelope in server.calls:
            self.assertTrue(1 <= timeout_of(envelope) <= 20_000_000_000)

    def test_reports_a_lost_connection_dials_again_and_sends_again_only_what_is_safe(self):
        server = self.serve(lambda index: HANG_UP if index in (1, 3) else ANSWER)
        client = self.make(timeout=30)
        with self.assertRaises(smartflow.ConnectionLost) as caught:
            client.call_by_name(*HEALTH, b"")
        self.assertIn("closed the connection", str(caught.exception))
        self.assertEqual(client.call_by_name(*HEALTH, b""), SERVING)
        # The third call is hung up on; being safe, it comes again as the fourth.
        self.assertEqual(client.health(), smartflow.ServingStatus.SERVING)
        self.assertEqual(len(server.calls), 4)

    def test_reports_what_a_draining_server_says_and_does_not_ask_again(self):
        server = self.serve(lambda index: REFUSE)
        client = self.make(timeout=30)
        with self.assertRaises(smartflow.Unavailable) as caught:
            client.health()
        self.assertEqual((caught.exception.is_transport, caught.exception.message), (False, "draining"))
        self.assertEqual(len(server.calls), 1)

    def test_sends_a_dry_run_and_what_has_a_key_again_and_nothing_else(self):
        tree = {"type": "Sequence"}
        options = smartflow.ExecutionOptions
        item = smartflow.batch_item
        for request, is_safe in (
            (smartflow.ExecuteTreeRequest(tree_json=b"{}"), False),
            (smartflow.ExecuteTreeRequest(options=options(trace=True)), False),
            (smartflow.ExecuteTreeRequest(options=options(dry_run=True)), True),
            (smartflow.ExecuteTreeRequest(options=options(idempotency_key="k")), True),
            (smartflow.ExecuteBatchRequest(items=[item(tree, "a", "k"), item(tree, "b")]), False),
            (smartflow.ExecuteBatchRequest(items=[item(tree, "a", "k"), item(tree, "b", "l")]), True),
            (smartflow.ExecuteBatchRequest(items=[item(tree)], options=options(dry_run=True)), True),
            (smartflow.PublishTreeRequest("a", tree_json=b"{}"), False),
        ):
            with self.subTest(request):
                os.path.exists(self.path) and os.unlink(self.path)
                server = self.serve(lambda index: HANG_UP if index == 1 else ANSWER)
                client = self.make(timeout=30)
                try:
                    client.call(request)
                except smartflow.ConnectionLost:
                    self.assertFalse(is_safe)
                except smartflow.SmartFlowError:
                    # The answer is of another message.
                    self.assertTrue(is_safe)
                self.assertEqual(len(server.calls), 2 if is_safe else 1)

    def test_sends_a_safe_call_again_twice_and_no_more(self):
        server = self.serve(lambda index: HANG_UP)
        client = self.make(timeout=60)
        self.assertRaises(smartflow.ConnectionLost, client.health)
        self.assertEqual(len(server.calls), 3)

    def test_sends_what_was_not_written_to_its_end_on_the_next_connection_safe_or_not(self):
        # More than a socket's buffers hold, so that the connection ends in the middle of the frame.
        server = self.serve(refusals=3)
        client = self.make(timeout=30)
        self.assertEqual(client.call_by_name(*HEALTH, bytes(3 << 20)), SERVING)
        self.assertEqual((len(server.calls), server.connections), (1, 4))

    def test_dials_until_the_calls_own_deadline_and_then_says_that_nobody_is_there(self):
        client = self.make()
        for seconds in (0.2, 0.7):
            began = time.monotonic()
            with self.assertRaises(smartflow.Unavailable) as caught:
                client.health(timeout=seconds)
            self.assertGreaterEqual(time.monotonic() - began, seconds)
            self.assertIn(self.path, str(caught.exception))

    def test_says_at_once_that_nobody_is_there_to_a_call_that_does_not_wait_and_dials_on_for_others(self):
        client = self.make(timeout=3600)
        patient = self.in_background(client.health)
        for _ in range(3):
            self.assertRaises(smartflow.Unavailable, client.health, waits_for_server=False)
        self.serve()
        self.assertEqual(patient.result(60), smartflow.ServingStatus.SERVING)

    @unittest.skipIf(os.geteuid() == 0, "root may connect to every socket")
    def test_says_at_once_that_it_may_not_connect(self):
        self.serve()
        os.chmod(self.path, 0)
        self.assertRaises(smartflow.PermissionDenied, self.make(timeout=3600).health)

    def test_bounds_what_a_server_that_does_not_read_can_cost(self):
        """Also in the middle of a write."""
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(self.path)
        listener.listen(1)
        client = self.make()
        began = time.monotonic()
        with self.assertRaises(smartflow.DeadlineExceeded):
            client.call_by_name(*HEALTH, bytes(4_000_000), timeout=0.3)
        self.assertLess(time.monotonic() - began, 20)

    def test_leaves_a_connection_on_which_nobody_answers(self):
        server = self.serve(lambda index: SILENCE if index <= 4 else ANSWER)
        client = self.make(streams_in_flight=4)
        for _ in range(4):
            self.assertRaises(smartflow.DeadlineExceeded, client.health, timeout=0.2)
        self.assertTrue(server.wait_for_calls(4))
        self.assertEqual(client.health(timeout=30), smartflow.ServingStatus.SERVING)
        self.assertEqual(server.connections, 2)

    def test_fails_what_is_under_way_when_it_is_closed_and_all_that_comes_after(self):
        server = self.serve(lambda index: SILENCE)
        client = self.make(timeout=3600)
        calls = [self.in_background(client.health) for _ in range(3)]
        server.wait_for_calls(3)
        client.close()
        for call in calls:
            self.assertRaises(smartflow.Cancelled, call.result, 60)
        client.close()

    def test_fails_what_waits_for_a_server_when_it_is_closed(self):
        client = self.make(timeout=3600)
        calls = [self.in_background(client.health) for _ in range(3)]
        wait_until(lambda: len(self.exchange_of(client).waiting) == 3)
        client.close()
        for call in calls:
            self.assertRaises(smartflow.Cancelled, call.result, 60)

    def test_refuses_a_timeout_that_is_none(self):
        client = self.make()
        for seconds in (0, -1, float("nan")):
            self.assertRaises(smartflow.DeadlineExceeded, client.health, timeout=seconds)
        self.assertRaises(
            smartflow.InvalidArgument, client.call, smartflow.HealthCheckRequest(), grace=-1)

    def test_leaves_no_descriptor_and_no_thread_behind(self):
        self.serve()
        self.make().health(timeout=30)
        threads, descriptors = threading.active_count(), len(os.listdir("/proc/self/fd"))
        self.descriptors_after_one_more()
        # The server's own thread sees the end a moment later.
        wait_until(lambda: threading.active_count() <= threads)
        wait_until(lambda: len(os.listdir("/proc/self/fd")) <= descriptors)
        self.assertLessEqual(threading.active_count(), threads)
        self.assertLessEqual(len(os.listdir("/proc/self/fd")), descriptors)


class Blocking(Scenarios, ScriptedCase):
    def make(self, **options):
        client = smartflow.Client(self.endpoint, **options)
        self.addCleanup(client.close)
        return client

    def exchange_of(self, client):
        return client._exchange

    def descriptors_after_one_more(self):
        with smartflow.Client(self.endpoint) as client:
            client.health(timeout=30)
        self.assertRaises(smartflow.Cancelled, client.health)

    def test_has_no_thread_of_its_own(self):
        self.serve(lambda index: SILENCE if index == 2 else ANSWER)
        client = self.make(timeout=30)
        client.health()
        names = {thread.name for thread in threading.enumerate()}
        self.assertRaises(smartflow.DeadlineExceeded, client.health, timeout=0.05)
        self.assertEqual({thread.name for thread in threading.enumerate()}, names)

    def test_hands_reading_over_when_the_reader_gives_up(self):
        server = self.serve(lambda index: LATER if index <= 5 else ANSWER)
        client = self.make(timeout=60)
        reader = self.in_background(client.health, timeout=0.3)
        server.wait_for_calls(1)
        others = [self.in_background(client.health) for _ in range(4)]
        server.wait_for_calls(5)
        self.assertRaises(smartflow.DeadlineExceeded, reader.result, 60)
        self.assertEqual(client.health(), smartflow.ServingStatus.SERVING)
        for other in others:
            self.assertEqual(other.result(60), smartflow.ServingStatus.SERVING)

    def test_gives_a_call_up_that_is_interrupted(self):
        server = self.serve(lambda index: LATER if index == 1 else ANSWER)
        client = self.make(timeout=3600)
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        interrupter = threading.Timer(0, lambda: (server.wait_for_calls(1), os.kill(os.getpid(), signal.SIGINT)))
        interrupter.start()
        self.assertRaises(KeyboardInterrupt, client.health)
        interrupter.join()
        self.assertEqual(client.health(timeout=30), smartflow.ServingStatus.SERVING)

    def test_makes_a_connection_of_its_own_in_a_forked_process(self):
        server = self.serve()
        client = self.make(timeout=30)
        client.health()
        with warnings.catch_warnings():
            # Python 3.12 warns of forks beside threads: the server's.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            os._exit(0 if client.health() == smartflow.ServingStatus.SERVING else 1)
        _, status = os.waitpid(child, 0)
        self.assertEqual((status, server.connections), (0, 2))
        self.assertEqual(client.health(), smartflow.ServingStatus.SERVING)
        self.assertEqual(server.connections, 2)


class Async(Scenarios, ScriptedCase):
    def make(self, **options):
        client = Looped(self.endpoint, **options)
        self.addCleanup(client.end)
        return client

    def exchange_of(self, client):
        return client._client._exchange

    def descriptors_after_one_more(self):
        async def one():
            async with smartflow.AsyncClient(self.endpoint) as client:
                await client.health(timeout=30)
            with self.assertRaises(smartflow.Cancelled):
                await client.health()
        asyncio.run(one())

    def test_sends_calls_of_one_turn_together(self):
        server = self.serve()

        async def many():
            async with smartflow.AsyncClient(self.endpoint, timeout=30) as client:
                return await asyncio.gather(*[client.health() for _ in range(1000)])
        self.assertEqual(set(asyncio.run(many())), {smartflow.ServingStatus.SERVING})
        self.assertEqual((len(server.calls), server.connections), (1000, 1))

    def test_ends_a_call_whose_task_is_cancelled(self):
        self.serve(lambda index: LATER if index == 1 else ANSWER)

        async def one():
            async with smartflow.AsyncClient(self.endpoint, timeout=3600) as client:
                task = asyncio.ensure_future(client.health())
                while not client._exchange.in_flight:
                    await asyncio.sleep(0)
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
                return await client.health(timeout=30)
        self.assertEqual(asyncio.run(one()), smartflow.ServingStatus.SERVING)

    def test_belongs_to_one_loop(self):
        self.serve()
        client = smartflow.AsyncClient(self.endpoint, timeout=30)
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(client.health())
            self.assertRaises(RuntimeError, asyncio.run, client.health())
            loop.run_until_complete(client.close())
        finally:
            loop.close()

    def test_lets_the_loop_work_while_it_dials_again(self):
        async def one():
            async with smartflow.AsyncClient(self.endpoint) as client:
                turns = 0
                task = asyncio.ensure_future(client.health(timeout=0.3))
                while not task.done():
                    turns += 1
                    await asyncio.sleep(0.001)
                with self.assertRaises(smartflow.Unavailable):
                    task.result()
                return turns
        self.assertGreater(asyncio.run(one()), 20)


class Alike(unittest.TestCase):
    def test_are_both_clients(self):
        def methods(cls):
            return {
                name: (str(inspect.signature(one)).replace(cls.__name__, "Client"), inspect.getdoc(one))
                for name, one in vars(cls).items() if callable(one) and not name.startswith("_")}
        self.assertEqual(methods(smartflow.Client), methods(smartflow.AsyncClient))


class Errors(unittest.TestCase):
    def test_pass_from_process_to_process(self):
        detail = smartflow.ErrorInfo("OUT_OF_FUEL", "smartflow", {"path": ""})
        for error in (smartflow.ResourceExhausted(8, "too much", [detail]), smartflow.SmartFlowError(99, "new")):
            again = pickle.loads(pickle.dumps(error))
            self.assertEqual((type(again), str(again), again.details), (type(error), str(error), error.details))


if __name__ == "__main__":
    unittest.main()
