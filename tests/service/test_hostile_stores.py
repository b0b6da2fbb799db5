import json
import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from socket import socket
from typing import Any

import pytest
from redis import Redis

from schema.http.head_limits import HEAD_DEADLINE_S
from tests.service.enemy import Enemy, answered, line
from tests.service.own_alarms import known_faults, moment, open_faults, told
from tests.service.running import DIELOOM, ROOT, clean_environment, wait_until
from twin.intake.watermark import Watermark
from twin.stream.embedded import published_address


@pytest.fixture(scope="module", autouse=True)
def unending(enemy: Enemy) -> Iterator[socket]:
    """A head that is never whole, begun before the other attacks, whose time then runs out."""
    with enemy.wire() as wire:
        wire.settimeout(HEAD_DEADLINE_S + 60)
        wire.sendall(b"GET /readyz HT")
        yield wire


WITHIN_S = 90.0

QUANTITY = "query Q($v: String!) { lot(lotId: $v) { quantity } }"


@pytest.mark.parametrize("store", ["graph", "stream"])
def test_a_store_that_stands_still_is_named_and_nothing_hangs(enemy: Enemy, store: str) -> None:
    (pid_file,) = enemy.service.data_dir.rglob(f"{store}.pid")
    pid = int(pid_file.read_text(encoding="utf-8").split()[0])
    lot, since = f"STILL-{store}", moment()
    os.kill(pid, signal.SIGSTOP)
    try:
        until_named(enemy, store)
        status, taken = enemy.ingest(
            line(lot, "LotCreated", {"lot_id": lot, "product_id": "P", "quantity": 7})
        )
        assert (status, taken["accepted"]) == (200, 1)
        behind = {"dieloom-min-watermark": taken["watermark"]}
        with ThreadPoolExecutor() as threads:
            later = threads.submit(enemy.ask, QUANTITY, {"v": lot}, **behind)
            if store == "graph":
                # Not request.timeout: the graph is given up a second before the question's own deadline,
                # and a computer that stands still for this second sees both deadlines pass at once.
                wait_until(
                    lambda: enemy.code_of(QUANTITY, {"v": lot}) == "graph.unavailable",
                    WITHIN_S,
                    lambda: "the graph is never named as the one at fault",
                )
            status, answer = later.result()
        assert (status, answer["errors"][0]["extensions"]["code"]) == (503, "twin.behind")
        wait_until(lambda: store in known_faults(enemy.service), WITHIN_S, enemy.service.log)
    finally:
        os.kill(pid, signal.SIGCONT)

    def recovered() -> bool:
        return enemy.ask(QUANTITY, {"v": lot}, **behind) == (200, {"data": {"lot": {"quantity": 7}}})

    wait_until(recovered, WITHIN_S, lambda: "what was accepted meanwhile is not there")
    enemy.until_well()
    is_told_of(enemy, store, f"the {store} does not answer", since)


def until_named(enemy: Enemy, store: str) -> None:
    """Wait until readiness says which store stands still; that it was given a second is told with it."""
    seen: list[dict[str, Any]] = []

    def named() -> bool:
        status, raw = enemy.service.get("/readyz")
        seen.append({**json.loads(raw), "status": status})
        return bool(seen[-1]["checks"][store] != "ok")

    wait_until(named, WITHIN_S, lambda: f"still ready: {seen[-1:]}")
    assert (seen[-1]["status"], seen[-1]["checks"][store]) == (503, "no answer within 1 s")


def is_told_of(enemy: Enemy, store: str, text: str, since: str) -> None:
    """One alarm about the store was set since then, and nothing but its end makes it end."""

    def over() -> bool:
        alarms = told(enemy.service, store, since)
        return open_faults(enemy.service) == 0 and [bool(one["clearedAt"]) for one in alarms] == [True]

    wait_until(over, WITHIN_S, lambda: str(told(enemy.service, store, since)))
    (alarm,) = told(enemy.service, store, since)
    assert (alarm["text"], alarm["clearedAt"] > alarm["setAt"]) == (text, True)
    assert alarm["equipment"] == {"equipmentType": "DIGITAL_TWIN", "connected": True, "openAlarms": []}


def test_a_full_stream_is_told_as_an_alarm_until_it_has_room_again(enemy: Enemy) -> None:
    address = published_address(enemy.service.data_dir / "stream")
    assert address is not None
    since = moment()
    with Redis.from_url(address) as server:
        before = server.config_get("maxmemory")["maxmemory"]
        server.config_set("maxmemory", int(server.info("memory")["used_memory"] * 1.2))
        try:
            wait_until(lambda: "stream" in known_faults(enemy.service), WITHIN_S, enemy.service.log)
            status, taken = enemy.ingest(
                line("full-stream", "LotCreated", {"lot_id": "FULL-STREAM", "product_id": "P", "quantity": 7})
            )
            assert (status, taken["accepted"]) == (200, 1)
        finally:
            server.config_set("maxmemory", before)
    is_told_of(enemy, "stream", "the stream is full", since)
    answer = enemy.service.ask(enemy.token("quality"), QUANTITY, {"v": "FULL-STREAM"}, taken["watermark"])
    assert answer == {"data": {"lot": {"quantity": 7}}}


def run(enemy: Enemy, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [str(DIELOOM), *arguments, "--data", str(enemy.service.data_dir)],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


COMMANDS: dict[str, tuple[tuple[str, ...], str]] = {
    "lost file": (("ingest", "nowhere.ndjson"), "file.unreadable: nowhere.ndjson cannot be read"),
    "endless line": (("ingest", "{junk}"), "line 1: event.too_large"),
    "no map": (("import", "{junk}"), "file.unreadable: none of the formats read here"),
    "lost lot": (("trace", "NEVER\x1b[31m"), "thing.not_found: no counted event names LOT:NEVER\ufffd[31m"),
    "two suspects": (("recall", "--lot", "A", "--material-lot", "B"), "scope.not_one"),
    "customer without id": (("token", "--role", "customer"), "token.bad_customer"),
    "second service": (("up", "--port", "0"), "store.in_use"),
    "bad configuration": (("up", "--config", "{config}"), "factory.yaml:2: connectors[0].connector: 'nope'"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_given_nonsense_says_what_is_wrong(enemy: Enemy, name: str, tmp_path: Path) -> None:
    arguments, words = COMMANDS[name]
    junk, config = tmp_path / "junk", tmp_path / "factory.yaml"
    junk.write_bytes(b"\0" * 20_000_000)
    config.write_text("connectors:\n  - {connector: nope, id: a}\n", encoding="utf-8")
    before = enemy.events()
    code, said = run(enemy, *(given.format(junk=junk, config=config) for given in arguments))
    assert (code != 0, words in said) == (True, True), said
    assert enemy.events() == before


def test_the_watermark_of_many_batches_covers_all_of_them(enemy: Enemy, tmp_path: Path) -> None:
    file = tmp_path / "many.ndjson"
    lots = [line(f"many-{n}", "LotReleased", {"lot_id": f"MANY-{n % 20}"}) for n in range(2_100)]
    file.write_bytes(b"\n".join(lots))
    code, said = run(enemy, "ingest", str(file), "--json")
    answer = json.loads(said)
    assert (code, answer["accepted"], answer["rejected"]) == (0, 2_100, [])
    assert len(Watermark.decode(answer["watermark"]).positions) == 4


def test_who_never_ends_a_head_is_told_to_go(unending: socket) -> None:
    assert b"did not arrive in time" in answered(unending)
