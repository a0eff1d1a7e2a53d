"""The codec: against the published descriptors, against itself, and against bytes that are no message."""

import random
import unittest
from dataclasses import dataclass
from typing import List, Optional

import smartflow
from smartflow._buffer import put_bytes
from smartflow._decoding import DecodeError, decode
from smartflow._encoding import encode
from smartflow._exchange import Response
from smartflow._fields import SLOTS, OpenEnum, Spec, _declare, flag, integer, nested, specs, text

from .messages import all_messages, random_message
from .support import ROOT


@dataclass(**SLOTS)
class FieldDescriptor:
    name: str = text(1)
    number: int = integer(3, "int32")
    label: int = integer(4, "int32")
    type: int = integer(5, "int32")
    type_name: str = text(6)
    # Absent is another thing than the first oneof.
    oneof_index: Optional[int] = _declare(Spec(9, "int32", optional=True), 0)


@dataclass(**SLOTS)
class OneofDescriptor:
    name: str = text(1)


@dataclass(**SLOTS)
class MessageOptions:
    map_entry: bool = flag(7)


@dataclass(**SLOTS)
class ValueDescriptor:
    name: str = text(1)
    number: int = integer(2, "int32")


@dataclass(**SLOTS)
class EnumDescriptor:
    name: str = text(1)
    value: List[ValueDescriptor] = nested(2, lambda: ValueDescriptor, repeated=True)


@dataclass(**SLOTS)
class Descriptor:
    name: str = text(1)
    field: List[FieldDescriptor] = nested(2, lambda: FieldDescriptor, repeated=True)
    nested_type: List["Descriptor"] = nested(3, lambda: Descriptor, repeated=True)
    enum_type: List[EnumDescriptor] = nested(4, lambda: EnumDescriptor, repeated=True)
    options: Optional[MessageOptions] = nested(7, lambda: MessageOptions)
    oneof_decl: List[OneofDescriptor] = nested(8, lambda: OneofDescriptor, repeated=True)


@dataclass(**SLOTS)
class MethodDescriptor:
    name: str = text(1)
    input_type: str = text(2)
    output_type: str = text(3)
    server_streaming: bool = flag(6)


@dataclass(**SLOTS)
class ServiceDescriptor:
    name: str = text(1)
    method: List[MethodDescriptor] = nested(2, lambda: MethodDescriptor, repeated=True)


@dataclass(**SLOTS)
class FileDescriptor:
    name: str = text(1)
    package: str = text(2)
    message_type: List[Descriptor] = nested(4, lambda: Descriptor, repeated=True)
    enum_type: List[EnumDescriptor] = nested(5, lambda: EnumDescriptor, repeated=True)
    service: List[ServiceDescriptor] = nested(6, lambda: ServiceDescriptor, repeated=True)


@dataclass(**SLOTS)
class FileDescriptorSet:
    file: List[FileDescriptor] = nested(1, lambda: FileDescriptor, repeated=True)


KINDS = {1: "double", 3: "int64", 4: "uint64", 5: "int32", 8: "bool", 9: "text", 11: "message", 12: "bytes",
         13: "uint32", 14: "enum"}
# Details that the daemon does not send, and what is read by hand.
LEFT_OUT = {
    "google.rpc.DebugInfo", "google.rpc.Help", "google.rpc.Help.Link", "google.rpc.LocalizedMessage",
    "google.rpc.PreconditionFailure", "google.rpc.PreconditionFailure.Violation", "google.rpc.QuotaFailure",
    "google.rpc.QuotaFailure.Violation", "google.rpc.RequestInfo", "ttrpc.KeyValue", "ttrpc.Request"}
LEFT_OUT_FIELDS = {("google.rpc.BadRequest.FieldViolation", "localized_message")}


class Published(unittest.TestCase):
    """What proto/ says."""

    @classmethod
    def setUpClass(cls):
        cls.files = decode(FileDescriptorSet, (ROOT / "proto/smartflow.descriptors").read_bytes()).file
        cls.messages, cls.enums = {}, {}
        for file in cls.files:
            for one in file.enum_type:
                cls.enums[f"{file.package}.{one.name}"] = one
            for one in file.message_type:
                cls.collect(file.package, one)

    @classmethod
    def collect(cls, prefix, one):
        cls.messages[f"{prefix}.{one.name}"] = one
        for inner in one.enum_type:
            cls.enums[f"{prefix}.{one.name}.{inner.name}"] = inner
        for inner in one.nested_type:
            cls.collect(f"{prefix}.{one.name}", inner)

    def kind_of(self, field):
        """Kind, the type's full name, and whether it repeats, as the client has them."""
        name = field.type_name.lstrip(".")
        of = self.messages.get(name)
        if of is not None and of.options is not None and of.options.map_entry:
            value = next(one for one in of.field if one.name == "value")
            kind, name, _ = self.kind_of(value)
            return kind + " map", name, False
        if name == "google.protobuf.Struct":
            return "struct", "", field.label == 3
        return KINDS[field.type], name, field.label == 3

    def test_messages_are_those_of_the_client(self):
        ours = {name for name in all_messages() if not name.startswith("google.protobuf.")}
        theirs = {name for name, one in self.messages.items() if one.options is None or not one.options.map_entry}
        self.assertEqual(ours, theirs - LEFT_OUT)

    def test_fields_have_number_kind_and_oneof_as_published(self):
        classes = all_messages()
        for full_name, cls in classes.items():
            if full_name.startswith("google.protobuf."):
                continue
            with self.subTest(full_name):
                published = {
                    one.name: one for one in self.messages[full_name].field
                    if (full_name, one.name) not in LEFT_OUT_FIELDS}
                self.assertEqual(set(specs(cls)), set(published))
                for name, spec in specs(cls).items():
                    field = published[name]
                    kind, of, repeats = self.kind_of(field)
                    self.assertEqual((spec.number, spec.kind, spec.repeated), (field.number, kind, repeats), name)
                    oneofs = self.messages[full_name].oneof_decl
                    oneof = None if field.oneof_index is None else oneofs[field.oneof_index].name
                    self.assertEqual(spec.oneof, oneof, name)
                    if "message" in kind:
                        self.assertIs(classes[of], spec.of(), name)
                    if kind == "enum":
                        self.assert_enum(self.enums[of], spec.of())

    def assert_enum(self, published, cls):
        # MetricsFormat's values begin with METRICS_FORMAT_, nested enums' with nothing.
        theirs = {one.number: one.name for one in published.value}
        self.assertEqual({int(one) for one in cls}, set(theirs))
        for one in cls:
            self.assertTrue(theirs[int(one)] == one.name or theirs[int(one)].endswith("_" + one.name), one)

    def test_methods_are_those_of_the_client(self):
        ours = {
            (cls.METHOD.service, cls.METHOD.name, name, next(n for n, c in all_messages().items()
                                                             if c is cls.METHOD.response))
            for name, cls in all_messages().items() if issubclass(cls, smartflow.Request)}
        theirs = {
            (f"{file.package}.{service.name}", method.name, method.input_type[1:], method.output_type[1:])
            for file in self.files for service in file.service for method in service.method
            if not method.server_streaming}
        self.assertEqual(ours, theirs)


class Messages(unittest.TestCase):
    def test_read_as_they_were_written(self):
        chance = random.Random(1)
        for name, cls in all_messages().items():
            for _ in range(20):
                message = random_message(chance, cls)
                with self.subTest(name):
                    self.assertEqual(decode(cls, encode(message)), message)

    def test_cut_anywhere_are_refused_or_another_message(self):
        message = random_message(random.Random(7), smartflow.Execution)
        written = encode(message)
        for end in range(len(written)):
            try:
                self.assertNotEqual(decode(smartflow.Execution, written[:end]), message)
            except DecodeError:
                pass

    def test_of_any_bytes_are_read_or_refused(self):
        chance = random.Random(3)
        classes = list(all_messages().values())
        refused = 0
        for _ in range(2000):
            cls = chance.choice(classes)
            written = bytearray(encode(random_message(chance, cls))) or bytearray(b"\x08")
            for _ in range(chance.randrange(1, 4)):
                written[chance.randrange(len(written))] = chance.randrange(256)
            try:
                decode(cls, bytes(written))
            except DecodeError:
                refused += 1
        self.assertGreater(refused, 100)

    def test_nested_beyond_the_limit_are_refused(self):
        for depth, is_read in ((240, True), (300, False), (5000, False)):
            written = b""
            for _ in range(depth):
                out = bytearray(b"\x1a")
                put_bytes(out, written)
                written = bytes(out)
            with self.subTest(depth):
                if is_read:
                    decode(smartflow.Node, written)
                else:
                    self.assertRaises(DecodeError, decode, smartflow.Node, written)

    def test_values_nested_beyond_the_limit_are_refused(self):
        value = []
        value.append(value)
        members = {}
        members["a"] = members
        node = smartflow.Node()
        node.true_action = node
        for message in (smartflow.Node(parameters={"a": value}), smartflow.Node(parameters=members), node):
            self.assertRaises(ValueError, encode, message)

    def test_in_two_parts_are_one(self):
        first = encode(smartflow.ExecuteTreeResponse(smartflow.Execution(fuel_used=1, execution_id="a")))
        second = encode(smartflow.ExecuteTreeResponse(smartflow.Execution(execution_id="b")))
        joined = decode(smartflow.ExecuteTreeResponse, first + second).execution
        self.assertEqual((joined.fuel_used, joined.execution_id), (1, "b"))

    def test_of_many_parts_are_read_in_proportion(self):
        part = encode(smartflow.ExecuteTreeResponse(smartflow.Execution(fuel_used=1)))
        self.assertEqual(decode(smartflow.ExecuteTreeResponse, part * 20_000).execution.fuel_used, 1)

    def test_have_the_last_of_a_oneof(self):
        both = encode(smartflow.BatchResult(execution=smartflow.Execution())) + encode(
            smartflow.BatchResult(error=smartflow.Status(3)))
        self.assertEqual(decode(smartflow.BatchResult, both), smartflow.BatchResult(None, smartflow.Status(3)))

    def test_skip_what_is_unknown(self):
        known = encode(smartflow.TreeReference("a", 7))
        unknown = b"\xf8\x07\x96\x01" + b"\xf9\x07" + bytes(8) + b"\xfa\x07\x02ab" + b"\xfd\x07" + bytes(4)
        group = b"\xfb\x07\x08\x01\x13\x14\xfc\x07"
        self.assertEqual(decode(smartflow.TreeReference, unknown + group + known), smartflow.TreeReference("a", 7))

    def test_keep_an_enums_unknown_value(self):
        action = decode(smartflow.ActionResult, b"\x18\x4d")
        self.assertEqual((action.status, action.status.name), (77, "UNKNOWN_77"))
        self.assertIsInstance(action.status, OpenEnum)
        self.assertEqual(encode(action), b"\x18\x4d")

    def test_refuse_to_be_written_with_what_their_kind_can_not_say(self):
        for message in (
            smartflow.TreeReference("a", -1), smartflow.TreeReference("a", 1 << 64),
            smartflow.TreeReference("\ud800"), smartflow.Duration(1 << 63),
            smartflow.Node(parameters={"a": object()}), smartflow.Node(parameters={1: 2}),
        ):
            self.assertRaises((ValueError, TypeError), encode, message)

    def test_whose_text_is_not_utf_8_are_refused(self):
        self.assertRaises(DecodeError, decode, smartflow.TreeReference, b"\x0a\x01\xff")
        self.assertRaises(DecodeError, decode, Response, b"\x0a\x03\x12\x01\xff")


if __name__ == "__main__":
    unittest.main()
