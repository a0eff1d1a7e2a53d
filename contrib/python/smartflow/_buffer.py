"""Numbers and lengths as protocol buffers write them."""

from typing import Union

Buffer = bytearray


def put_varint(out: Buffer, value: int) -> None:
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def put_bytes(out: Buffer, value: Union[bytes, Buffer]) -> None:
    length = len(value)
    if length < 0x80:
        out.append(length)
    else:
        put_varint(out, length)
    out += value
