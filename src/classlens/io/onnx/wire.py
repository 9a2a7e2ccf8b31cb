"""A look at a file of protocol buffers before it is parsed: is it whole, and what will it cost?

Parsed, an empty message of two bytes takes a hundred. Everything but plain numbers must therefore
be small; the numbers take no more memory than they do in the file. The format of the bytes:
https://protobuf.dev/programming-guides/encoding
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from classlens.errors import ArgumentError

MOST_BYTES = (1 << 31) - 1  # protocol buffers allow no more
# Of names, nodes and shapes. A network here needs a few hundred bytes a layer.
MOST_DESCRIPTION_BYTES = 4_000_000

_LEAST_COST = 16  # a field's, in bytes: millions of small ones would take seconds to go through

_VARINT, _EIGHT, _LENGTH, _FOUR = 0, 1, 2, 5
_MOST_VARINT_BYTES = 10
# The fields through which the numbers of a model are reached, by message; a tensor's own ones are
# float_data, raw_data and double_data. See onnx.proto.
_INSIDE: Mapping[str, Mapping[int, str]] = MappingProxyType(
    {
        "model": {7: "graph"},
        "graph": {1: "node", 5: "tensor"},
        "node": {5: "attribute"},
        "attribute": {5: "tensor"},
        "tensor": {4: "numbers", 9: "numbers", 10: "numbers"},
    }
)


class _Scan:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.rest = MOST_DESCRIPTION_BYTES

    def message(self, kind: str, start: int, end: int) -> None:
        """Go through the fields of a message between two places."""
        inside = _INSIDE[kind]
        place = start
        while place < end:
            tag, begin = self._varint(place, end)
            number, wire = tag >> 3, tag & 7
            stop = begin
            if wire == _VARINT:
                _, stop = self._varint(begin, end)
            elif wire == _LENGTH:
                length, begin = self._varint(begin, end)
                stop = begin + length
            elif wire in (_EIGHT, _FOUR):
                stop = begin + (8 if wire == _EIGHT else 4)
            if stop > end or wire not in (_VARINT, _EIGHT, _LENGTH, _FOUR):
                raise _no_message()
            known = inside.get(number) if wire == _LENGTH else None
            self._pay(max((begin if known else stop) - place, _LEAST_COST))
            if known is not None and known in _INSIDE:
                self.message(known, begin, stop)
            place = stop

    def _pay(self, count: int) -> None:
        self.rest -= count
        if self.rest < 0:
            raise ArgumentError(
                f"all but its numbers must fit into {MOST_DESCRIPTION_BYTES} bytes. It takes more "
                "than any chain of dense layers does."
            )

    def _varint(self, place: int, end: int) -> tuple[int, int]:
        """A number of seven bits a byte, and the place behind it."""
        value = 0
        for shift in range(_MOST_VARINT_BYTES):
            if place + shift >= end:
                break
            byte = self.content[place + shift]
            value |= (byte & 127) << (7 * shift)
            if byte < 128:
                return value, place + shift + 1
        raise _no_message()


def check(content: bytes) -> None:
    """See that a model may be parsed.

    Args:
        content: the bytes of a file.

    Raises:
        ArgumentError: if they are no whole message, or what they hold beside numbers is too much.
    """
    _Scan(content).message("model", 0, len(content))


def _no_message() -> ArgumentError:
    return ArgumentError("its bytes are no whole ONNX model; was it cut?")
