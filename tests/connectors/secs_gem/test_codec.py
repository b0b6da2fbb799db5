import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import UnreadableMessage
from connectors.secs_gem.codec import decode, encode
from connectors.secs_gem.items import (
    NUMERIC,
    WIDTH,
    Format,
    Item,
    ascii_of,
    binary_of,
    identifier_in,
    identifier_of,
    list_of,
    number_of,
)

_BYTES = (Format.BINARY, Format.ASCII, Format.JIS8, Format.UNICODE)


def _values() -> st.SearchStrategy[Item]:
    plain = st.tuples(st.sampled_from(_BYTES), st.binary(max_size=300)).map(lambda pair: Item(*pair))
    numeric = st.sampled_from(sorted(NUMERIC)).flatmap(
        lambda form: st.integers(0, 40).flatmap(
            lambda count: st.binary(min_size=count * WIDTH[form], max_size=count * WIDTH[form]).map(
                lambda payload: Item(form, payload)
            )
        )
    )
    return plain | numeric


_ITEMS = st.recursive(
    _values(), lambda inner: st.lists(inner, max_size=6).map(lambda items: list_of(*items)), max_leaves=20
)


@settings(max_examples=60)
@given(_ITEMS)
def test_bytes_come_back_as_they_were(item: Item) -> None:
    body = encode(item)
    assert encode(decode(body)) == body


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_any_bytes_decode_to_the_same_bytes_or_a_typed_error(body: bytes) -> None:
    try:
        item = decode(body)
    except UnreadableMessage:
        return
    assert encode(item) == body


def test_a_sender_with_needless_length_bytes_is_quoted_exactly() -> None:
    body = bytes((0x43, 0, 0, 2)) + b"OK"
    item = decode(body)
    assert item == Item(Format.ASCII, b"OK", (), 3)
    assert encode(item) == body


@pytest.mark.parametrize(
    ("item", "numbers"),
    [
        (number_of(Format.U1, 0, 255), (0, 255)),
        (number_of(Format.U2, 65_535), (65_535,)),
        (number_of(Format.U4, 4_294_967_295), (4_294_967_295,)),
        (number_of(Format.U8, 2**64 - 1), (2**64 - 1,)),
        (number_of(Format.I1, -128, 127), (-128, 127)),
        (number_of(Format.I2, -32_768), (-32_768,)),
        (number_of(Format.I4, -(2**31)), (-(2**31),)),
        (number_of(Format.I8, -(2**63)), (-(2**63),)),
        (number_of(Format.F4, 0.5), (0.5,)),
        (number_of(Format.F8, 0.1), (0.1,)),
        (Item(Format.BOOLEAN, b"\x01\x00"), (True, False)),
        (binary_of(0, 128), (0, 128)),
        (ascii_of("12"), ()),
    ],
)
def test_each_format_gives_its_numbers(item: Item, numbers: tuple[object, ...]) -> None:
    assert decode(encode(item)) == item._replace(length_size=1)
    assert item.numbers == numbers


def test_a_not_a_number_keeps_its_bits() -> None:
    item = decode(bytes((0x91, 4, 0x7F, 0xC0, 0x12, 0x34)))
    assert item is not None
    assert math.isnan(item.numbers[0])
    assert encode(item) == bytes((0x91, 4, 0x7F, 0xC0, 0x12, 0x34))


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (Item(Format.ASCII, "固晶".encode("gbk")), "固晶"),
        (Item(Format.UNICODE, b"\x00\x01" + "固晶".encode("utf-16-be")), "固晶"),
        (Item(Format.UNICODE, b"\x00\x02" + "固晶".encode()), "固晶"),
        (Item(Format.JIS8, "半導体".encode("shift_jis")), "半導体"),
        (Item(Format.BINARY, b"\x01"), None),
    ],
)
def test_text_is_read_in_the_encoding_of_the_machine(item: Item, text: str | None) -> None:
    assert item.text("gbk") == text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\x41", "the body ends in the length of the item at byte 0"),
        (b"\x41\x05ab", "an item wants 5 bytes, 2 are left"),
        (b"\xb1\x03abc", "3 bytes are no whole number of U4"),
        (b"\x40\x01", "an item without length bytes at byte 0"),
        (b"\xfd\x01\x00", "unknown item format 0o77 at byte 0"),
        (b"\x41\x01ab", "1 bytes follow the item"),
        (b"\x01\x02\x41\x01a", "the body ends where an item should begin"),
        (b"\x03\xff\xff\xff\x41", "a list of 16777215 items in 1 bytes"),
        (b"\x01\x01" * 33 + b"\x01\x00", "lists are nested deeper than 32"),
    ],
)
def test_a_broken_body_says_what_is_wrong(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableMessage) as caught:
        decode(body)
    assert caught.value.reason == reason


def test_a_body_of_endless_empty_lists_is_refused() -> None:
    body = b"\x03\x03\x34\x50" + b"\x01\x00" * 210_000
    with pytest.raises(UnreadableMessage, match="more than 200000 items"):
        decode(body)


def test_an_item_longer_than_secs_can_say_is_not_sent() -> None:
    with pytest.raises(ValueError, match="exceeds 16777215"):
        encode(Item(Format.ASCII, b"x" * 16_777_216))


def test_ids_are_read_in_whatever_format_they_come() -> None:
    assert identifier_in(number_of(Format.U2, 7)) == 7
    assert identifier_in(ascii_of("EV7 ")) == "EV7"
    assert identifier_in(number_of(Format.U4, 7, 8)) is None
    assert identifier_in(number_of(Format.F4, 1.5)) is None
    assert identifier_of(Format.U8, 7) == number_of(Format.U8, 7)
    assert identifier_of(Format.U8, "SV1") == ascii_of("SV1")
