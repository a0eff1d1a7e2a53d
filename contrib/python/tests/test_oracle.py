"""The codec against Google's own, where the `protobuf` package is installed; the client itself never uses it."""

import random
import struct
import unittest

from smartflow._decoding import DecodeError, decode, get_struct
from smartflow._encoding import encode, put_struct
from smartflow._fields import Spec, specs

from .messages import all_messages, random_message, random_struct
from .support import ROOT

try:
    from google.protobuf import (
        any_pb2,
        descriptor_pb2,
        descriptor_pool,
        duration_pb2,
        message_factory,
        struct_pb2,
        timestamp_pb2,
    )
    from google.protobuf.message import DecodeError as TheirDecodeError
except ImportError:
    any_pb2 = None


def their_classes():
    """Full name to class, of proto/smartflow.descriptors and the well-known types."""
    pool = descriptor_pool.DescriptorPool()
    files = descriptor_pb2.FileDescriptorSet.FromString((ROOT / "proto/smartflow.descriptors").read_bytes())
    waiting = [descriptor_pb2.FileDescriptorProto.FromString(module.DESCRIPTOR.serialized_pb)
               for module in (any_pb2, duration_pb2, struct_pb2, timestamp_pb2)] + list(files.file)
    known = set()
    while waiting:
        ready = [one for one in waiting if known.issuperset(one.dependency)]
        for one in ready:
            pool.Add(one)
            known.add(one.name)
        waiting = [one for one in waiting if one.name not in known]
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
            for name in list(all_messages()) + ["google.protobuf.Struct", "ttrpc.Request"]}


def plain_value(value):
    kind = value.WhichOneof("kind")
    if kind in (None, "null_value"):
        return None
    if kind == "struct_value":
        return {key: plain_value(one) for key, one in value.struct_value.fields.items()}
    if kind == "list_value":
        return [plain_value(one) for one in value.list_value.values]
    return getattr(value, kind)


def canonical(value):
    """With -0.0 and 0.0 told apart."""
    if isinstance(value, float):
        return struct.pack("<d", value)
    if isinstance(value, dict):
        return {key: canonical(one) for key, one in value.items()}
    if isinstance(value, list):
        return [canonical(one) for one in value]
    return value


class Alike:
    """Holds our messages beside theirs, field by field."""

    def __init__(self, test):
        self.test = test

    def check(self, ours, theirs):
        for name, spec in specs(type(ours)).items():
            mine = getattr(ours, name)
            if spec.repeated:
                self.test.assertEqual(len(mine), len(getattr(theirs, name)), name)
                for one, other in zip(mine, getattr(theirs, name)):
                    self.one(spec, one, other)
            elif spec.kind.endswith("map"):
                self.test.assertEqual(set(mine), set(getattr(theirs, name)), name)
                for key, one in mine.items():
                    self.one(Spec(0, spec.kind.split()[0], spec.of), one, getattr(theirs, name)[key])
            elif spec.optional:
                self.test.assertEqual(mine is not None, theirs.HasField(name), name)
                if mine is not None:
                    self.one(spec, mine, getattr(theirs, name))
            else:
                self.one(spec, mine, getattr(theirs, name))

    def one(self, spec, mine, other):
        if spec.kind == "message":
            self.check(mine, other)
        elif spec.kind == "struct":
            plain = {key: plain_value(value) for key, value in other.fields.items()}
            self.test.assertEqual(canonical(mine), canonical(plain))
        else:
            self.test.assertEqual(canonical(mine), canonical(other))


@unittest.skipIf(any_pb2 is None, "the protobuf package is not installed: pip install protobuf")
class Google(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.classes = their_classes()

    def setUp(self):
        self.random = random.Random(20)

    def test_reads_what_the_client_writes(self):
        for name, cls in all_messages().items():
            for _ in range(20):
                ours = random_message(self.random, cls)
                with self.subTest(name):
                    Alike(self).check(ours, self.classes[name].FromString(encode(ours)))

    def test_is_read_by_the_client(self):
        for name, cls in all_messages().items():
            for _ in range(20):
                theirs = self.classes[name].FromString(encode(random_message(self.random, cls)))
                with self.subTest(name):
                    Alike(self).check(decode(cls, theirs.SerializeToString()), theirs)

    def test_writes_the_same_bytes_where_nothing_is_a_map(self):
        def has_map(cls, seen):
            if cls in seen:
                return False
            seen.add(cls)
            return any(spec.kind == "struct" or spec.kind.endswith("map")
                       or spec.kind == "message" and has_map(spec.of(), seen) for spec in specs(cls).values())
        count = 0
        for name, cls in all_messages().items():
            if has_map(cls, set()):
                continue
            count += 1
            for _ in range(20):
                written = encode(random_message(self.random, cls))
                with self.subTest(name):
                    self.assertEqual(written, self.classes[name].FromString(written).SerializeToString())
        self.assertGreater(count, 30)

    def test_agrees_on_structs(self):
        for _ in range(300):
            ours = random_struct(self.random, 6)
            out = bytearray()
            put_struct(out, ours, 0)
            theirs = self.classes["google.protobuf.Struct"].FromString(bytes(out))
            plain = {key: plain_value(value) for key, value in theirs.fields.items()}
            self.assertEqual(canonical(ours), canonical(plain))
            again = theirs.SerializeToString()
            self.assertEqual(canonical(get_struct(again, 0, len(again), 0)), canonical(ours))

    def test_agrees_on_what_damaged_bytes_mean(self):
        # Theirs drops a map's entry that holds an unknown field, which nobody else does: what has unknown fields is
        # only compared in whether it is read.
        classes = list(all_messages().items())
        both = neither = compared = 0
        disagreed = []
        for _ in range(3000):
            name, cls = self.random.choice(classes)
            written = bytearray(encode(random_message(self.random, cls, 2))) or bytearray(b"\x08")
            for _ in range(self.random.randrange(1, 4)):
                written[self.random.randrange(len(written))] = self.random.randrange(256)
            data = bytes(written)
            try:
                ours = decode(cls, data)
            except DecodeError as error:
                ours = error
            try:
                theirs = self.classes[name].FromString(data)
            except TheirDecodeError as error:
                theirs = error
            if isinstance(ours, DecodeError) != isinstance(theirs, TheirDecodeError):
                disagreed.append((name, data.hex(), ours, theirs))
            elif isinstance(ours, DecodeError):
                neither += 1
            else:
                both += 1
                known = type(theirs)()
                known.CopyFrom(theirs)
                known.DiscardUnknownFields()
                if known.ByteSize() != theirs.ByteSize():
                    continue
                compared += 1
                with self.subTest(name, data=data.hex()):
                    Alike(self).check(ours, theirs)
        self.assertEqual(disagreed, [])
        self.assertGreater(min(both, neither, compared), 250)


if __name__ == "__main__":
    unittest.main()
