"""The simulated factory beside a demonstration service: its own process, gone when the service is."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from resolvers.tokens import OwnIssuer
from twin.errors import TwinError
from twin.supervision import write_private
from twin.vocabulary.roles import Role

_ROOT: Final = Path(__file__).parents[1]
_READY_WITHIN_S: Final = 30.0
_STOP_WITHIN_S: Final = 5.0


class FactoryDidNotStart(TwinError):
    """The simulated factory ended or said nothing in time."""

    code = "demo.did_not_start"


@dataclass
class Demo:
    """A running simulator that sends to a service and wrote its factory.yaml."""

    folder: Path
    process: asyncio.subprocess.Process

    @classmethod
    async def start(cls, data_dir: Path, url: str) -> Demo:
        """Start the simulated factory; it tells nothing before the service answers."""
        folder = (data_dir / "simulator").absolute()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "simulator.json").unlink(missing_ok=True)
        token_file = folder / "token"
        write_private(token_file, OwnIssuer(data_dir).issue(Role.INTEGRATION))
        with (folder / "simulator.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "simulator", "--dir", str(folder), "--ingest-url", url,
                "--token-file", str(token_file), "--stop-with-stdin", "--verbose",
                stdin=asyncio.subprocess.PIPE, stdout=log, stderr=log, cwd=_ROOT, start_new_session=True,
            )  # fmt: skip
        return cls(folder, process)

    @property
    def factory_file(self) -> Path:
        """The connectors that hear this factory."""
        return self.folder / "factory.yaml"

    async def stop(self) -> None:
        """End the factory; killed when it does not end by itself."""
        if self.process.returncode is not None:
            return
        self.process.terminate()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_WITHIN_S):
                await self.process.wait()
                return
        self.process.kill()
        await self.process.wait()

    async def until_ready(self) -> None:
        """Return once its machines listen and its factory.yaml is written.

        Raises:
            FactoryDidNotStart: it ended or said nothing in time.
        """
        try:
            async with asyncio.timeout(_READY_WITHIN_S):
                while not (self.folder / "simulator.json").exists():
                    if self.process.returncode is not None:
                        raise FactoryDidNotStart(f"the factory ended; see {self.folder / 'simulator.log'}")
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise FactoryDidNotStart(f"the factory said nothing; see {self.folder}") from None
