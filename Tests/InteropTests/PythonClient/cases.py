"""The same calls, right and wrong, that cases.go makes, and what came back from each."""

import asyncio
import concurrent.futures
import dataclasses
import json
import socket

import smartflow
from smartflow._call import put_envelope
from smartflow._decoding import decode
from smartflow._encoding import encode
from smartflow._errors import error_of
from smartflow._exchange import HEADER, REQUEST, Response

# The format's origin, as it stands in the documentation.
MARIA = b"""{
  "type": "Condition",
  "parameters": { "expression": "daysInactive > 5" },
  "trueAction":  { "type": "SendSMS",   "parameters": { "phone": "+1234567890", "message": "We miss you!" } },
  "falseAction": { "type": "SendEmail", "parameters": { "from": "promo@game.com", "to": "maria@example.com", "subject": "New offers await!" } }
}"""  # noqa: E501

SERVICE = "smartflow.v1.ExecutionService"
# More than one frame may hold.
TOO_LARGE = (4 << 20) + 1
MANY = 1000
# The code of a call that ended without a status.
NO_STATUS = -1


class Blocking:
    """Makes calls by the blocking client, many at once by threads."""

    def __init__(self, client):
        self.client = client

    def __call__(self, method, *arguments, **options):
        return getattr(self.client, method)(*arguments, **options)

    def many(self, calls):
        with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(lambda call: self(*call[0], **call[1]), calls))


class Looped:
    """Makes calls by the client for asyncio, many at once by tasks."""

    def __init__(self, client, loop):
        self.client = client
        self.loop = loop

    def __call__(self, method, *arguments, **options):
        return self.loop.run_until_complete(getattr(self.client, method)(*arguments, **options))

    def many(self, calls):
        async def gather():
            return await asyncio.gather(*[getattr(self.client, call[0][0])(*call[0][1:], **call[1]) for call in calls])
        return self.loop.run_until_complete(gather())


def describe_action(action):
    return {
        "type": action.type, "path": action.path, "status": "ACTION_STATUS_" + action.status.name,
        "id": action.action_id, "parameters": action.parameters}


def describe_execution(execution):
    line = {
        "id": execution.execution_id, "status": "EXECUTION_STATUS_" + execution.status.name,
        "digest": execution.tree_digest.hex(), "actions": [describe_action(one) for one in execution.actions]}
    if execution.trace:
        line["trace"] = [{"path": one.path, "expression": one.expression, "result": one.result}
                         for one in execution.trace]
    return line


def describe_error(error):
    return {
        "code": int(error.code), "message": error.message,
        "details": [{"type": "google.rpc." + type(one).__name__, "value": dataclasses.asdict(one)}
                    for one in error.details]}


def sending(parameters):
    return b'{"type": "SendSMS", "parameters": %s}' % parameters.encode()


def deciding(expression):
    return b'{"type": "Condition", "parameters": {"expression": %s}, "trueAction": %s}' % (
        json.dumps(expression).encode(), sending('{"phone": "+1234567890", "message": "x"}'))


def maria_node():
    tree = json.loads(MARIA)

    def action(name):
        return smartflow.Node(tree[name]["type"], tree[name]["parameters"])
    return smartflow.Node("Condition", tree["parameters"], action("trueAction"), action("falseAction"))


def executing(tree, context, **options):
    return lambda call, _: describe_execution(call("execute", tree, context, player_id="p-1001", **options))


def requesting(request):
    return lambda call, _: describe_execution(call("call", request).execution)


def health_of(service):
    return lambda call, _: call("health", service).name


def calling(service, method):
    return lambda call, _: call("call_by_name", service, method, b"").hex()


def batch(call, _):
    items = [smartflow.batch_item(context, "p-1001")
             for context in ('{"daysInactive": 9}', '{"daysInactive": 1}', "{}", "[")]
    return [{"code": one.error.code} if one.error is not None else describe_execution(one.get())
            for one in call("execute_batch", MARIA, items)]


def validating(tree):
    def validate(call, _):
        found = call("validate", tree)
        return {
            "valid": found.valid, "canonical": found.canonical_json.decode(), "properties": found.context_properties,
            "diagnostics": [f"SEVERITY_{one.severity.name} {one.code} {one.path}" for one in found.diagnostics]}
    return validate


def many(call, _):
    """A thousand calls over one connection at once; each must get its own answer."""
    tree = sending('{"phone": "+1234567890", "message": "{{name}}"}')
    names = [f"player {index}" for index in range(MANY)]
    found = call.many([(("execute", tree, {"name": name}), {"player_id": "p-1001"}) for name in names])
    messages = [[action.parameters["message"] for action in one.actions] for one in found]
    return MANY if messages == [[name] for name in names] else messages


def negative_timeout(_, path):
    """The client refuses it itself, so the frame is made by hand."""
    request = encode(smartflow.ExecuteTreeRequest(tree_json=MARIA, context_json=b'{"daysInactive": 7}'))
    data = bytearray()
    put_envelope(data, SERVICE, "ExecuteTree", request, -1, ())
    with socket.socket(socket.AF_UNIX) as link, link.makefile("rb") as answers:
        link.settimeout(20)
        link.connect(path)
        link.sendall(HEADER.pack(len(data), 1, REQUEST, 0) + data)
        size, _, _, _ = HEADER.unpack(answers.read(HEADER.size))
        raise error_of(decode(Response, answers.read(size)).status)


SEVEN = '{"daysInactive": 7}'
CASES = [
    ("tree and context as JSON, true", executing(MARIA, SEVEN)),
    ("tree and context as JSON, false", executing(MARIA, {"daysInactive": 5})),
    ("context as Struct", requesting(smartflow.ExecuteTreeRequest(
        tree_json=MARIA, context_struct={"daysInactive": 7}, player_id="p-1001"))),
    ("tree as messages", requesting(smartflow.ExecuteTreeRequest(
        tree_node=maria_node(), context_struct={"daysInactive": 7}, player_id="p-1001"))),
    ("dry run with trace", executing(MARIA, SEVEN, dry_run=True, trace=True)),
    ("templates render", executing(
        sending('{"phone": "{{phone}}", "message": "Grüße {{name}}, {{text(bonus)}} free spins 🎰"}'),
        {"phone": "+35621234567", "name": "Maria", "bonus": 5})),
    ("batch", batch),
    ("sound tree", validating(MARIA)),
    ("unsound tree", validating(deciding("daysInactive >"))),
    ("health of the server", health_of("")),
    ("health of the service", health_of(SERVICE)),
    ("many calls at once", many),
    ("trace context", executing(
        MARIA, SEVEN, metadata=[("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")])),

    ("tree is no JSON", executing('{"type": "Condition"', "{}")),
    ("tree with a key twice", executing('{"type": "SendSMS", "type": "SendSMS"}', "{}")),
    ("no tree", executing(None, None)),
    ("unknown node type", executing('{"type": "SendSMSS", "parameters": {}}', "{}")),
    ("unknown field", executing(
        '{"type": "SendSMS", "parameters": {"phone": "+1234567890", "message": "x"}, "trueActoin": {}}', "{}")),
    ("action against its schema", executing(sending('{"phone": "12", "message": "x"}'), "{}")),
    ("expression does not compile", executing(deciding("daysInactive >"), "{}")),
    ("unknown function", executing(deciding("florr(3) > 1"), "{}")),
    ("unknown property", executing(deciding("daysInactiv > 5"), SEVEN)),
    ("property of the wrong type", executing(deciding("daysInactive > 5"), {"daysInactive": "7"})),
    ("context is no JSON", executing(MARIA, '{"daysInactive": ')),
    ("context is no object", executing(MARIA, "[]")),
    ("context nested too deep", executing(MARIA, '{"a":' + "[" * 40 + "]" * 40 + "}")),
    ("idempotency key too long", executing(MARIA, SEVEN, idempotency_key="k" * 300)),
    ("locale", executing(MARIA, SEVEN, locale="mt")),
    ("now without dry run", executing(MARIA, SEVEN, now=smartflow.Timestamp(1))),
    ("unknown service", calling("smartflow.v9.ExecutionService", "ExecuteTree")),
    ("unknown method", calling(SERVICE, "ExecuteForest")),
    ("method of the admin socket", calling("smartflow.v1.AdminService", "GetServerInfo")),
    ("streaming health", calling("grpc.health.v1.Health", "Watch")),
    ("health of an unknown service", health_of("smartflow.v1.Nothing")),
    ("negative timeout", negative_timeout),
    # The client says so itself, and spares the connection 4 MiB; that the daemon does is the transcripts' matter.
    ("message too large", executing(" " * TOO_LARGE, "{}")),
    # A refused call must not harm the next one.
    ("after all that", executing(MARIA, SEVEN)),
]


def run(call, path):
    """One line for each case, all over one connection but the one whose frame is made by hand."""
    for name, case in CASES:
        try:
            yield {"case": name, "code": 0, "answer": case(call, path)}
        except smartflow.SmartFlowError as error:
            yield {"case": name, **describe_error(error)}
        except Exception as error:
            yield {"case": name, "code": NO_STATUS, "message": f"{type(error).__name__}: {error}"}
