"""``python -m simulator``: the simulated factory as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path

from simulator.factory import ONCE, Factory
from simulator.faults import RATES, Faults
from simulator.hsms.machine import HsmsMachine
from simulator.line import BAD_PASTE, MACHINES, PASTE
from simulator.rest.mes import Mes
from simulator.serial_lines.scanner import Scanner
from simulator.truth import Truth


def main() -> None:
    """Run until told to stop; with --once, until the story is told."""
    options = _options().parse_args()
    logging.basicConfig(level=logging.WARNING, format="simulator: %(message)s")
    logging.getLogger("simulator").setLevel(logging.INFO if options.verbose else logging.WARNING)
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(_run(options))
    sys.stdout.flush()
    os._exit(0)  # the equipment library leaves threads that never end


async def _run(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    work = asyncio.current_task()
    assert work is not None  # noqa: S101 - inside a running loop
    for sent in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sent, work.cancel)
    if options.stop_with_stdin:
        threading.Thread(target=_await_end_of_stdin, args=(loop, work), daemon=True).start()
    factory = _build(options)
    sending = asyncio.create_task(factory.mes.send_for_ever())
    try:
        await factory.open()
        await factory.work(ONCE if options.once else None)
        while options.ingest_url and factory.untold:  # noqa: ASYNC110 - until the service has it all
            await asyncio.sleep(0.1)
    finally:
        sending.cancel()
        factory.close_books()
        factory.close()


def _build(options: argparse.Namespace) -> Factory:
    folder: Path = options.dir
    (folder / "drop").mkdir(parents=True, exist_ok=True)
    run = _next_run(folder / "run")
    switches = {name: float(rate) for name, _, rate in (text.partition("=") for text in options.fault)}
    faults = Faults.of(options.seed, switches)
    truth = Truth(folder / "truth.json", options.seed, f"{PASTE}-{run}-{BAD_PASTE:02d}")
    mes = Mes(
        "mes",
        f"{run}-{options.seed}",
        folder / "events.ndjson",
        options.ingest_url,
        lambda: options.token_file.read_text(encoding="utf-8").strip(),
        faults,
    )
    wires = {
        machine.equipment_id: HsmsMachine(machine.equipment_id, port, "Bond head position error")
        for machine, port in zip(
            [machine for machine in MACHINES if machine.wire == "HSMS"], _free_ports(2), strict=True
        )
    }
    scanner = Scanner(folder / "scanner")
    return Factory(folder, run, options.seed, options.speed, mes, faults, truth, scanner, wires)


def _next_run(counter: Path) -> str:
    number = int(counter.read_text(encoding="utf-8")) + 1 if counter.exists() else 1
    counter.write_text(str(number), encoding="utf-8")
    return f"{number:02d}"


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


def _await_end_of_stdin(loop: asyncio.AbstractEventLoop, work: asyncio.Task[None]) -> None:
    while sys.stdin.buffer.read(1024):
        continue
    loop.call_soon_threadsafe(work.cancel)


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    options.add_argument("--dir", type=Path, required=True, help="where ports, files and the truth go")
    options.add_argument("--seed", type=int, default=20251014)
    options.add_argument("--speed", type=float, default=1.0, help="factory seconds in a second")
    options.add_argument("--ingest-url", help="the service, such as http://127.0.0.1:8000")
    options.add_argument("--token-file", type=Path, help="a file with a token of role integration")
    options.add_argument("--once", action="store_true", help=f"{ONCE} lots, then end")
    options.add_argument("--fault", action="append", default=[], metavar="NAME=RATE", help=", ".join(RATES))
    options.add_argument("--stop-with-stdin", action="store_true", help="end when the parent closes stdin")
    options.add_argument("--verbose", action="store_true")
    return options


if __name__ == "__main__":
    main()
