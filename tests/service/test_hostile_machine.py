import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from connectors.secs_gem.message import Kind, Message, Splitter, control, data
from tests.service.enemy import Enemy, answered
from tests.service.running import wait_until

GARBAGE = b"\x07GET / HTTP/1.1\r\n\r\n" * 3
HALF = b"\x00\x00\x00\x0c\xff\xff\x00"


@contextmanager
def let_in(enemy: Enemy) -> Iterator[tuple[socket.socket, Splitter]]:
    """A connection that the twin has selected; it takes one at a time, so the last one must be gone."""
    splitter = Splitter(1 << 20)
    with ExitStack() as opened:

        def selected() -> socket.socket | None:
            wire = opened.enter_context(enemy.machine_wire())
            try:
                wire.sendall(control(Kind.SELECT_REQUEST, 1).frame)
                return wire if splitter.feed(wire.recv(14)) else None
            except ConnectionError:
                return None

        found: list[socket.socket] = []
        wait_until(
            lambda: found or found.extend(filter(None, [selected()])),
            60.0,
            lambda: "nobody is let in any more",
        )
        yield found[0], splitter


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (struct.pack(">I", 2**31) + b"\xff\xff", f"a frame of {2**31} bytes; allowed: 10 to 65536"),
        (GARBAGE, f"a frame of {int.from_bytes(GARBAGE[:4])} bytes"),
        (struct.pack(">I", 9), "a frame of 9 bytes"),
        (HALF, "silent within a message (T8)"),
        (b"\0", "silent within a message (T8)"),
    ],
)
def test_a_machine_that_makes_no_sense_or_falls_silent_is_cut_off(
    enemy: Enemy, sent: bytes, told: str
) -> None:
    before, size = enemy.service.log().count(told), enemy.rss_kb()
    with let_in(enemy) as (wire, _):
        wire.sendall(sent)
        answered(wire)
    wait_until(lambda: enemy.service.log().count(told) > before, 60.0, lambda: f"not told: {told}")
    assert enemy.rss_kb() - size < 50_000
    enemy.until_well()


def test_a_caller_that_never_selects_is_cut_off(enemy: Enemy) -> None:
    with enemy.machine_wire() as wire:
        assert answered(wire)[9:10] in {bytes((Kind.SEPARATE,)), b""}


def test_knocking_and_running_away_leaves_the_door_open(enemy: Enemy) -> None:
    for _ in range(100):
        with enemy.machine_wire() as wire:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with let_in(enemy) as (wire, _):
        assert wire.fileno() > 0


def test_a_machine_that_talks_nonsense_is_told_so_and_its_bytes_are_kept(enemy: Enemy) -> None:
    lying = b"\x01\x03\xa9\x04\x00"
    unknown = bytearray(control(Kind.LINKTEST_REQUEST, 5).frame)
    unknown[9] = 99
    heard: list[Message] = []
    with let_in(enemy) as (wire, splitter):
        wire.sendall(unknown + data(0, 6, 11, 77, lying, wait=True).frame)
        while "S9F7" not in {message.name for message in heard}:
            heard += splitter.feed(wire.recv(65_536))
    assert [(message.kind, message.byte3) for message in heard if message.system == 5] == [(Kind.REJECT, 1)]
    stage, code, raw = enemy.last_letter()
    assert (stage, code, raw[-len(lying) :]) == ("decode", "message.unreadable", lying)


def test_the_machine_is_seen_when_it_behaves_again(enemy: Enemy) -> None:
    query = '{ equipment(equipmentId: "BONDER-01") { connected } }'
    agreed = b"\x01\x02\x21\x01\x00\x01\x00"
    with let_in(enemy) as (wire, splitter):
        asked: dict[str, int] = {}
        while "S1F13" not in asked:
            asked |= {message.name: message.system for message in splitter.feed(wire.recv(65_536))}
        wire.sendall(data(0, 1, 14, asked["S1F13"], agreed).frame)
        wait_until(
            lambda: enemy.ask(query) == (200, {"data": {"equipment": {"connected": True}}}),
            60.0,
            lambda: f"not connected: {enemy.ask(query)}",
        )
