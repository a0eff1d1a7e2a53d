"""What the measurements of scale send: trees, contexts, and the messages that hold them."""

import json
import struct

from common import field, varint
from wire import envelope

# The deepest chain of conditions here; a tree may nest 64.
CHAIN = 50
# A tree reads these five properties of every context.
READ = '(daysInactive > 5) and tier == "Gold" and balance > 10 and deposits >= 3 and country == "MT"'
SMS = {"type": "SendSMS", "parameters": {"phone": "+1234567890", "message": "We miss you!"}}


def number(field_number, value):
    return varint(field_number << 3) + varint(value)


# Contexts.

def value(of):
    """A google.protobuf.Value."""
    if isinstance(of, bool):
        return number(4, int(of))
    if isinstance(of, str):
        return field(3, of)
    return varint(2 << 3 | 1) + struct.pack("<d", of)


def structure(properties):
    """A google.protobuf.Struct."""
    return b"".join(field(1, field(1, name) + field(2, value(of))) for name, of in properties.items())


def context(count):
    """So many properties of a player; of the five that a tree reads one where they are fewer than five, and else all,
    spread over the whole.

    What is decided is no action, so that nothing is recorded.
    """
    if count < 5:
        return dict([("daysInactive", 1)] + [filler(index) for index in range(count - 1)])
    read = [("daysInactive", 7), ("tier", "Gold"), ("balance", 120.5), ("deposits", 14), ("country", "SE")]
    rest = [filler(index) for index in range(count - 5)]
    share = len(rest) // 5
    properties = []
    for index, one in enumerate(read):
        properties += [one] + rest[index * share:(index + 1) * share if index < 4 else len(rest)]
    return dict(properties)


def filler(index):
    return f"property{index:04d}", [index * 1.5, f"value {index}", index % 2 == 0][index % 3]


# Trees.

def condition(expression, then):
    return {"type": "Condition", "parameters": {"expression": expression}, "trueAction": then}


def chain(length):
    """Conditions inside one another, all of which are come to; the last is false, so that nothing is decided on."""
    node = condition("level < 3", SMS)
    for _ in range(length - 1):
        node = condition("level > 3", node)
    return node


def path(nodes):
    """A tree with about so many nodes on one path, and how many there are.

    Up to a chain's length they stand inside one another; more of them are chains in sequences, since a tree has a limit
    on how deep it nests.
    """
    if nodes <= CHAIN:
        return chain(nodes), nodes
    chains = [chain(CHAIN) for _ in range(round((nodes - 1) / CHAIN))]
    count = 1 + CHAIN * len(chains)
    if len(chains) > 100:
        half = len(chains) // 2
        chains = [{"type": "Sequence", "actions": chains[:half]}, {"type": "Sequence", "actions": chains[half:]}]
        count += 2
    return {"type": "Sequence", "actions": chains}, count


def beside(tree):
    """The same nodes, none of which is come to."""
    return condition("level < 3", tree)


def small(label):
    """A tree of the size that most have, and no two the same."""
    return {
        "type": "Condition", "parameters": {"expression": 'daysInactive > 5 and tier == "Gold"'},
        "trueAction": {"type": "SendSMS", "parameters": {"phone": "+1234567890", "message": f"We miss you, {label}!"}},
        "falseAction": {"type": "SendEmail", "parameters": {
            "from": "promo@game.com", "to": "maria@example.com", "subject": f"New offers await, {label}!"}}}


# Requests.

def publication(tree_id, tree):
    text = json.dumps(tree, separators=(",", ":"))
    return envelope("TreeService", "PublishTree", field(1, tree_id) + field(2, text) + number(7, 1))


def execution(tree_id, properties, as_json=False):
    """A call of a published tree, which records nothing."""
    held = field(5, json.dumps(properties, separators=(",", ":"))) if as_json else field(4, structure(properties))
    return envelope("ExecutionService", "ExecuteTree",
                    field(2, field(1, tree_id)) + held + field(6, "p-1001") + field(7, number(1, 1)))


PLAYER = {"daysInactive": 7, "tier": "Gold", "name": "Maria Camilleri", "country": "MT", "language": "en",
          "balance": 120.5, "deposits": 14, "level": 31, "vip": True, "bonus": 5}
