"""The requests that are sent, and whether what comes back is the decision. Imported by the commands of bench/."""

import re
import subprocess

from common import BENCH, BUILD, ROOT, Failed, tool

# What each tier of player is to get; everything else of an answer but for its numbers is the same for all.
ACTIONS = {
    "Gold": ("SendSMS", "/trueAction", ["+1234567890", "We miss you!"]),
    "Silver": ("SendEmail", "/falseAction", ["promo@game.com", "maria@example.com", "New offers await!"]),
}
NUMBER = "000000000000"


def encode(name, *arguments):
    BUILD.mkdir(exist_ok=True)
    path = BUILD / f"{name}.request"
    path.write_bytes(tool(BENCH / "encode", *arguments))
    return path


def requests_for_peers():
    """Dry runs of the published tree by kind, a frame's data or the message alone, and tier."""
    return {
        (kind, tier): encode(f"{kind}-{tier}", "--published", "--dry-run", "--tier", tier, *options)
        for kind, options in (("frame", []), ("message", ["--message"])) for tier in ACTIONS}


def check(title, message, tier):
    """Fails unless an ExecuteTreeResponse is a dry run's answer for a player of the tier."""
    decoded = subprocess.run(
        ["protoc", f"--proto_path={ROOT / 'proto'}", "--decode=smartflow.v1.ExecuteTreeResponse",
         "smartflow/v1/execution.proto"], input=message, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if decoded.returncode:
        raise Failed(f"{title} answers what is no ExecuteTreeResponse: {message[:100]!r}")
    text = decoded.stdout.decode()
    kind, path, values = ACTIONS[tier]
    uuid = "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    wanted = [
        f'execution_id: "{uuid}"', "status: EXECUTION_STATUS_DRY_RUN", 'tree_id: "winback"', "version: 1",
        f'type: "{kind}"', f'path: "{path}"', "status: ACTION_STATUS_NOT_PERFORMED", f'action_id: "{uuid}"',
        r"elapsed \{", r"fuel_used: \d+", *(f'string_value: "{re.escape(value)}"' for value in values)]
    missing = [pattern for pattern in wanted if not re.search(rf"^\s*{pattern}", text, re.MULTILINE)]
    fields = len(re.findall(r"^\s*fields \{", text, re.MULTILINE))
    # 0x22 is the digest's first byte; protoc prints the rest as escapes.
    if missing or fields != len(values) or r'tree_digest: "\"\350r\271' not in text:
        raise Failed(f"{title} does not decide for a player of {tier} as the tree does; missing: {missing} in\n{text}")
