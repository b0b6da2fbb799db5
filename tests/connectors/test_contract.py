"""What every kind of connector must do, whatever it is connected to."""

import asyncio
from pathlib import Path

import pytest

from connectors.contract import Options
from connectors.discovery import connector_of, kinds
from connectors.instances import instances
from tests.connectors.intake import DEADLINE, Kept

_TREE = Path(__file__).parent


def _with_options() -> list[str]:
    return [kind for kind in kinds() if (_TREE / kind / "options.yaml").is_file()]


def test_every_folder_with_a_connector_is_found() -> None:
    assert {"barcode", "secs_gem"} <= set(kinds())
    with pytest.raises(KeyError):
        connector_of("telepathy")


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_has_options_of_its_own_that_name_themselves(kind: str) -> None:
    connector = connector_of(kind)
    assert issubclass(connector.config, Options)
    assert connector.config is not Options
    assert connector.config.__doc__


@pytest.mark.parametrize("kind", _with_options())
async def test_every_kind_loads_its_options_and_stops_cleanly_when_cancelled(
    kind: str, tmp_path: Path
) -> None:
    (instance,) = instances(_TREE / kind / "options.yaml", tmp_path)
    instance.options.state_dir.mkdir()
    running = asyncio.ensure_future(instance.connector.run(instance.options, Kept()))
    await asyncio.sleep(0)
    running.cancel()
    async with asyncio.timeout(DEADLINE):
        (outcome,) = await asyncio.gather(running, return_exceptions=True)
    assert isinstance(outcome, asyncio.CancelledError)
