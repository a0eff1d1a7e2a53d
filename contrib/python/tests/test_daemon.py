"""Both clients against a real daemon."""

import asyncio
import contextlib
import datetime
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import smartflow

from .support import MARIA, ROOT, Daemon, DaemonCase, wait_until

TREE = MARIA.read_bytes()
PYTHON = Path(__file__).resolve().parents[1]


def sending(**parameters):
    return {"type": "SendSMS", "parameters": {"phone": "+1234567890", "message": "x", **parameters}}


class Execution(DaemonCase):
    def setUp(self):
        self.client = smartflow.Client(self.daemon.endpoint, timeout=20)
        self.addCleanup(self.client.close)

    def test_decides_alike_for_every_form_of_tree_and_context(self):
        tree = json.loads(TREE)
        found = [self.client.execute(form, context, player_id="maria")
                 for form in (tree, TREE.decode(), TREE)
                 for context in ({"daysInactive": 7}, '{"daysInactive": 7}', b'{"daysInactive": 7}')]

        def node(one):
            return smartflow.Node(one["type"], one["parameters"])
        messages = smartflow.Node(
            tree["type"], tree["parameters"], node(tree["trueAction"]), node(tree["falseAction"]))
        found.append(self.client.call(smartflow.ExecuteTreeRequest(
            tree_node=messages, context_struct={"daysInactive": 7})).execution)
        for execution in found:
            self.assertEqual(execution.status, smartflow.ExecutionStatus.COMPLETED)
            [action] = execution.actions
            self.assertEqual((action.type, action.path, action.status.name), ("SendSMS", "/trueAction", "ACCEPTED"))
            self.assertEqual(action.parameters["message"], "We miss you!")
            self.assertEqual(len(execution.execution_id), 36)
            self.assertEqual(execution.tree_digest, found[0].tree_digest)
            self.assertGreater(execution.elapsed.total_seconds(), 0)

    def test_sends_every_kind_of_value(self):
        context = {
            "text": "Grüße 🎰\"\\", "yes": True, "no": False, "nothing": None, "whole": 1 << 52, "half": -0.5,
            "list": [1, [2, "three"]], "deep": {"er": {"est": 3}}}
        for name, expected in (
            ("{{text}}", context["text"]), ("{{whole}}", "4503599627370496"), ("{{half}}", "-0.5"),
            ("{{deep.er.est}}", "3"),
        ):
            for request in (
                smartflow.ExecuteTreeRequest(tree_json=json.dumps(sending(message="=" + name)).encode(),
                                             context_json=json.dumps(context).encode()),
                smartflow.ExecuteTreeRequest(tree_json=json.dumps(sending(message="=" + name)).encode(),
                                             context_struct=context),
            ):
                with self.subTest(name):
                    [action] = self.client.call(request).execution.actions
                    self.assertEqual(action.parameters["message"], "=" + expected)

    def test_refuses_a_context_that_json_does_not_know(self):
        for value in (datetime.datetime.now(), object(), {1, 2}, b"bytes"):
            self.assertRaises(TypeError, self.client.execute, TREE, {"a": value})
        circle = {}
        circle["a"] = circle
        for context in ({"a": float("nan")}, {"a": float("inf")}, circle, {"a": "\ud800"}):
            self.assertRaises(ValueError, self.client.execute, TREE, context)

    def test_traces_a_dry_run_at_another_time(self):
        now = datetime.datetime(2030, 1, 2, tzinfo=datetime.timezone.utc)
        execution = self.client.execute(TREE, {"daysInactive": 7}, dry_run=True, trace=True, now=now)
        self.assertEqual(execution.status, smartflow.ExecutionStatus.DRY_RUN)
        [step] = execution.trace
        self.assertEqual((step.expression, step.result), ("daysInactive > 5", "true"))
        self.assertEqual(step.reads, [smartflow.PropertyRead("daysInactive", "7")])
        with self.assertRaises(ValueError):
            self.client.execute(TREE, now=datetime.datetime(2030, 1, 2))

    def test_says_what_failed_with_code_reason_and_facts(self):
        with self.assertRaises(smartflow.FailedPrecondition) as caught:
            self.client.execute(TREE, {"daysInactiv": 7}, trace=True)
        error = caught.exception
        self.assertEqual((error.code, error.reason, error.is_transport), (9, "UNKNOWN_PROPERTY", False))
        self.assertEqual(error.metadata["property"], "daysInactive")
        self.assertEqual(error.detail(smartflow.ErrorInfo).domain, "smartflow")
        # What a traced call had decided until then.
        self.assertEqual(error.detail(smartflow.Execution).trace[0].expression, "daysInactive > 5")
        with self.assertRaises(smartflow.InvalidArgument) as caught:
            self.client.execute({"type": "SendSMSS"})
        self.assertEqual(caught.exception.violations[0].field, "tree/type")
        with self.assertRaises(smartflow.NotFound) as caught:
            self.client.execute(smartflow.TreeReference("nothing"))
        self.assertEqual(caught.exception.resource.resource_name, "nothing")
        with self.assertRaises(smartflow.PermissionDenied):
            self.client.call(smartflow.GetServerInfoRequest())

    def test_gets_the_servers_own_answer_to_a_deadline_within_the_grace(self):
        actions = {"type": "Sequence", "actions": [sending(message="{{upper(long)}}") for _ in range(100)]}
        with self.assertRaises(smartflow.DeadlineExceeded) as caught:
            self.client.execute(actions, {"long": "x" * 60_000}, timeout=0.000_001, grace=20)
        self.assertFalse(caught.exception.is_transport)

    def test_performs_once_for_one_key(self):
        first = self.client.execute(TREE, {"daysInactive": 7}, player_id="a", idempotency_key="key")
        second = self.client.execute(TREE, {"daysInactive": 1}, player_id="a", idempotency_key="key")
        self.assertEqual((first.replayed, second.replayed), (False, True))
        self.assertEqual(first.execution_id, second.execution_id)

    def test_answers_each_player_of_a_batch(self):
        items = [smartflow.batch_item({"daysInactive": days}, "p") for days in (9, 1)]
        results = self.client.execute_batch(TREE, items + [smartflow.batch_item({}), smartflow.batch_item("[")])
        self.assertEqual([one.get().actions[0].type for one in results[:2]], ["SendSMS", "SendEmail"])
        self.assertRaises(smartflow.FailedPrecondition, results[2].get)
        self.assertRaises(smartflow.InvalidArgument, results[3].get)

    def test_validates(self):
        sound = self.client.validate(TREE)
        self.assertEqual((sound.valid, sound.context_properties), (True, ["daysInactive"]))
        schema = {"type": "object", "properties": {"days": {"type": "number"}}, "additionalProperties": False}
        warned = self.client.validate(TREE, context_schema=schema)
        self.assertEqual((warned.valid, warned.diagnostics[0].severity), (True, smartflow.Severity.WARNING))
        unsound = self.client.validate({"type": "Condition", "parameters": {"expression": "days >"}})
        self.assertFalse(unsound.valid)
        self.assertIn(("ERROR", "SYNTAX"), [(one.severity.name, one.code) for one in unsound.diagnostics])
        self.assertRaises(TypeError, self.client.validate, smartflow.TreeReference("a"))

    def test_passes_a_trace_on(self):
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        self.client.execute(
            TREE, {"daysInactive": 7}, metadata={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        self.assertTrue(wait_until(lambda: trace in self.daemon.log()))

    def test_is_healthy(self):
        self.assertEqual(self.client.health(), smartflow.ServingStatus.SERVING)
        self.assertEqual(self.client.health("smartflow.v1.ExecutionService"), smartflow.ServingStatus.SERVING)
        self.assertRaises(smartflow.NotFound, self.client.health, "nothing")

    def test_is_shared_by_threads(self):
        failures = []

        def work(number):
            for index in range(50):
                name = f"player {number}.{index}"
                [action] = self.client.execute(sending(message="{{name}}"), {"name": name}, dry_run=True).actions
                if action.parameters["message"] != name:
                    failures.append((name, action))
        threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def test_makes_a_thousand_calls_at_once(self):
        async def many():
            async with smartflow.AsyncClient(self.daemon.endpoint, timeout=30) as client:
                return await asyncio.gather(*[
                    client.execute(sending(message="{{name}}"), {"name": str(index)}, dry_run=True)
                    for index in range(1000)])
        names = [one.actions[0].parameters["message"] for one in asyncio.run(many())]
        self.assertEqual(names, [str(index) for index in range(1000)])


class Administration(DaemonCase):
    def test_publishes_a_tree_and_runs_it_by_its_name(self):
        with smartflow.Client(self.daemon.admin, timeout=20) as admin:
            published = admin.call(smartflow.PublishTreeRequest(
                "winback", tree_json=TREE, labels={"by": "python", "ä": "ß"}, activate=True))
            self.assertEqual((published.created, published.version.version), (True, 1))
            got = admin.call(smartflow.GetTreeRequest("winback")).version
            self.assertEqual((got.labels, json.loads(got.tree_json)), ({"by": "python", "ä": "ß"}, json.loads(TREE)))
            self.assertEqual([one.tree_id for one in admin.call(smartflow.ListTreesRequest()).trees], ["winback"])
            self.assertEqual(
                [one.version for one in admin.call(smartflow.ListTreeVersionsRequest("winback")).versions], [1])
            with self.assertRaises(smartflow.AlreadyExists):
                admin.call(smartflow.PublishTreeRequest("winback", tree_json=TREE, must_be_new=True))
            information = admin.call(smartflow.GetServerInfoRequest(include_configuration=True))
            self.assertEqual(information.keeper_pid, self.daemon.process.pid)
            self.assertEqual(information.workers[0].state, smartflow.WorkerState.SERVING)
            self.assertTrue(information.configuration)
            self.assertIn(b"smartflow", admin.call(smartflow.GetMetricsRequest()).text)
        with smartflow.Client(self.daemon.endpoint, timeout=20) as client:
            execution = client.execute(smartflow.TreeReference("winback"), {"daysInactive": 7})
            self.assertEqual(execution.tree, smartflow.TreeReference("winback", 1))


class Ends(unittest.TestCase):
    def test_of_the_daemon_are_unavailable(self):
        daemon = Daemon()
        self.addCleanup(daemon.stop)
        with smartflow.Client(daemon.endpoint, timeout=20) as client:
            client.health()
            daemon.process.send_signal(signal.SIGTERM)
            daemon.process.wait(20)
            with self.assertRaises(smartflow.Unavailable):
                client.execute(TREE, {"daysInactive": 7}, timeout=0.2)


class Kills(DaemonCase):
    def test_of_the_worker_cost_dry_runs_nothing(self):
        """Threads that share the connection find the next worker, each with its own call."""
        client = smartflow.Client(self.daemon.endpoint, timeout=60)
        self.addCleanup(client.close)
        done, failures = threading.Event(), []
        answered = [0] * 8

        def work(number):
            while not done.is_set():
                try:
                    client.execute(TREE, {"daysInactive": 7}, dry_run=True)
                    answered[number] += 1
                except smartflow.SmartFlowError as error:
                    failures.append(error)
        threads = [threading.Thread(target=work, args=(number,)) for number in range(len(answered))]
        for thread in threads:
            thread.start()
        try:
            for _ in range(3):
                # So that no call meets more ends of workers than it is sent again after.
                self.wait_for_an_answer_to_each(answered)
                os.kill(self.worker(), signal.SIGKILL)
        finally:
            done.set()
            for thread in threads:
                thread.join(60)
        self.assertEqual((failures, [thread for thread in threads if thread.is_alive()]), ([], []))

    def wait_for_an_answer_to_each(self, answered):
        before = list(answered)
        self.assertTrue(wait_until(lambda: all(now > then for now, then in zip(answered, before)), 60))

    def worker(self):
        path = f"/proc/{self.daemon.process.pid}/task/{self.daemon.process.pid}/children"
        found = []
        self.assertTrue(wait_until(lambda: found.extend(Path(path).read_text().split()) or found))
        return int(found[0])


class Documents(DaemonCase):
    """The README's own code."""

    def test_run_as_they_stand(self):
        with smartflow.Client(self.daemon.admin, timeout=20) as admin:
            admin.call(smartflow.PublishTreeRequest("winback", tree_json=TREE, activate=True))
        code = re.findall(r"```python\n(.*?)```", (PYTHON / "README.md").read_text(), re.DOTALL)
        environment = {**os.environ, "SMARTFLOW_ENDPOINT": self.daemon.endpoint, "PYTHONPATH": str(PYTHON)}
        said = [subprocess.run([sys.executable, "-X", "dev", "-W", "error", "-c", one], cwd=ROOT, env=environment,
                               check=True, capture_output=True, text=True).stdout for one in code]
        self.assertEqual(said, [
            "SendSMS ACCEPTED We miss you!\nFAILED_PRECONDITION UNKNOWN_PROPERTY daysInactive\n", "994\n"])


class Types(unittest.TestCase):
    def test_are_sound_to_mypy(self):
        try:
            from mypy import api
        except ImportError:
            raise unittest.SkipTest("mypy is not installed: pip install mypy") from None
        with tempfile.TemporaryDirectory() as cache, contextlib.redirect_stdout(io.StringIO()):
            said, complaints, status = api.run(["--strict", "--cache-dir", cache, str(PYTHON / "smartflow")])
        self.assertEqual((status, complaints), (0, ""), said)


if __name__ == "__main__":
    unittest.main()
