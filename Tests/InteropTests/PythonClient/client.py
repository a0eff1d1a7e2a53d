#!/usr/bin/env python3
"""The Python client of contrib/python, run as the other foreign clients are.

  client.py SOCKET execute TREE.json CONTEXT.json    one line for each action
  client.py ADMIN-SOCKET publish ID TREE.json        publishes and activates a tree, and says what it is
  client.py SOCKET call ID CONTEXT.json              runs a published tree: which it was, and its actions
  client.py SOCKET suite                             one line for each case of cases.py, by the blocking client
  client.py SOCKET suite-asyncio                     the same by the client for asyncio

Lines are JSON. Exit code 0 when every call was answered, whatever the answer.
"""

import asyncio
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).resolve().parents[3] / "contrib/python")]

import cases  # noqa: E402

import smartflow  # noqa: E402


def say(line):
    print(json.dumps(line, ensure_ascii=False))


def publish(client, name, tree):
    published = client.call(smartflow.PublishTreeRequest(name, tree_json=tree, labels={"by": "python"}))
    activated = client.call(smartflow.ActivateTreeRequest(name, published.version.version))
    got = client.call(smartflow.GetTreeRequest(name)).version
    say({
        "id": activated.version.tree_id, "version": activated.version.version, "created": published.created,
        "active": activated.version.active, "previous": activated.previous_version,
        "digest": got.tree_digest.hex(), "labels": got.labels, "tree": got.tree_json.decode()})


def run(client, what, first, second):
    if what == "publish":
        publish(client, first, Path(second).read_bytes())
        return
    tree = Path(first).read_bytes() if what == "execute" else smartflow.TreeReference(first)
    execution = client.execute(tree, Path(second).read_bytes(), player_id="p-1001")
    if execution.tree is not None:
        say({"id": execution.tree.tree_id, "version": execution.tree.version, "digest": execution.tree_digest.hex()})
    for action in execution.actions:
        say(cases.describe_action(action))


def main(arguments):
    if len(arguments) == 2 and arguments[1] == "suite":
        with smartflow.Client(arguments[0], timeout=20) as client:
            for line in cases.run(cases.Blocking(client), arguments[0]):
                say(line)
    elif len(arguments) == 2 and arguments[1] == "suite-asyncio":
        loop = asyncio.new_event_loop()
        client = smartflow.AsyncClient(arguments[0], timeout=20)
        for line in cases.run(cases.Looped(client, loop), arguments[0]):
            say(line)
        loop.run_until_complete(client.close())
        loop.close()
    elif len(arguments) == 4 and arguments[1] in ("execute", "publish", "call"):
        with smartflow.Client(arguments[0], timeout=4) as client:
            run(client, *arguments[1:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
