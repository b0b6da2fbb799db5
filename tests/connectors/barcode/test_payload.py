import pytest

from connectors.barcode.config import Means
from connectors.barcode.framing import Code, Framer
from connectors.barcode.payload import LotCode, LotOutCode, MaterialCode, Payload, WipCode, payload_of
from connectors.errors import UnreadableMessage

_PREFIXES = {"LOT-": Means.LOT, "LOT-M-": Means.MATERIAL_LOT}


@pytest.mark.parametrize(
    ("raw", "payload"),
    [
        (
            b"MAT|LED-CHIP-001|CHIP-LOT-20251010|10500",
            MaterialCode("CHIP-LOT-20251010", "LED-CHIP-001", 10500.0),
        ),
        (b"MAT|EPOXY-001|EPOXY-LOT-1|0.52", MaterialCode("EPOXY-LOT-1", "EPOXY-001", 0.52)),
        (b"MAT|EPOXY-001|EPOXY-LOT-1", MaterialCode("EPOXY-LOT-1", "EPOXY-001")),
        (b" LOT|LOT-1 ", LotCode("LOT-1")),
        (b"LOT|LOT-1|OUT|9950|50", LotOutCode("LOT-1", 9950, 50)),
        (b"LOT|LOT-1|OUT|9950", LotOutCode("LOT-1", 9950, 0)),
        (b"WIP|LOT-1", WipCode("LOT-1", None, None)),
        (b"WIP|LOT-1|BUFFER-1", WipCode("LOT-1", "BUFFER-1", None)),
        (b"WIP|LOT-1|BUFFER-1|9950", WipCode("LOT-1", "BUFFER-1", 9950)),
        (b"LOT-77", LotCode("LOT-77")),
        (b"LOT-M-77", MaterialCode("LOT-M-77")),
        (b"]C0LOT-77", LotCode("LOT-77")),
        (b"]Q1LOT|LOT-1", LotCode("LOT-1")),
        (b"]C1010950600013435210ABC123", MaterialCode("ABC123", "09506000134352")),
        (b"]d2010950600013435210LOT\x1d3025", MaterialCode("LOT", "09506000134352", 25.0, "PCS")),
        (b"]Q3010950600013435210AB\x1d3710500", MaterialCode("AB", "09506000134352", 10500.0, "PCS")),
        (b"]C1240CHIP-001\x1d10LOT-9\x1d3103000520", MaterialCode("LOT-9", "CHIP-001", 0.52, "KG")),
        ("LOT|批-1".encode(), LotCode("批-1")),
    ],
)
def test_a_code_says_what_is_printed(raw: bytes, payload: Payload) -> None:
    assert payload_of(raw, _PREFIXES) == payload


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\xff\xfe\x80", "not UTF-8 text"),
        (b"4006381333931", "a code in no form known here"),
        (b"MATERIAL|A|B|1", "'MATERIAL' with 3 parts is no form of this plant"),
        (b"MAT|A", "'MAT' with 1 parts is no form of this plant"),
        (b"MAT|A|B|ten", "'ten' is no quantity"),
        (b"MAT|A|B|NaN", "'NaN' is no quantity"),
        (b"MAT|A|B|1e999", "'1e999' is no quantity"),
        (b"LOT|L|OUT|-1", "'-1' is no count"),
        (b"WIP|L|B|1|2", "'WIP' with 4 parts is no form of this plant"),
        (b"]C10109506000134352", "a GS1 message without a batch (10)"),
        (b"]C1(01)09506000134352(10)AB", "no GS1 message"),
        (b"]d210\x1d", "no GS1 message"),
        (b"]", "an AIM identifier nobody knows"),
        (b"]x9abc", "an AIM identifier nobody knows"),
        (b"]C0]C0x", "a code in no form known here"),
    ],
)
def test_a_code_in_no_known_form_is_unreadable(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableMessage) as caught:
        payload_of(raw, _PREFIXES)
    assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\x03\r\n"])
def test_a_code_ends_as_its_scanner_ends_it(end: bytes) -> None:
    framer = Framer(16)
    assert framer.feed(b"LOT|A" + end + b"LOT|B" + end) == [Code(b"LOT|A"), Code(b"LOT|B")]
    assert not framer.partial


def test_a_code_in_pieces_is_one_code() -> None:
    framer = Framer(16)
    assert [framer.feed(piece) for piece in (b"LO", b"T|", b"A\r", b"\n")] == [[], [], [Code(b"LOT|A")], []]


def test_silence_ends_a_code_without_an_end() -> None:
    framer = Framer(16)
    framer.feed(b"LOT|A")
    assert framer.partial
    assert framer.flush() == [Code(b"LOT|A")]
    assert framer.flush() == []


def test_an_endless_code_is_cut_at_the_longest() -> None:
    framer = Framer(16)
    assert framer.feed(b"x" * 40) == []
    assert framer.feed(b"y" * 40 + b"\nLOT|A\n") == [Code(b"x" * 16, whole=False), Code(b"LOT|A")]
