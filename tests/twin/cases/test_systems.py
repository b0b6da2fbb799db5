from __future__ import annotations

import pytest

from tests.twin.cases.holding_system import holding_system
from twin.cases.hold_facts import command_id
from twin.cases.systems import System, systems_of
from twin.errors import Refused
from twin.records.case import HoldCommand
from twin.vocabulary.cases import HoldTarget, HoldVerb
from twin.vocabulary.instants import Instant

COMMAND = HoldCommand(
    command_id="RC-000001-1-x",
    case_id="RC-000001",
    round=1,
    system="mes",
    verb=HoldVerb.HOLD,
    target=HoldTarget.LOT,
    key="LOT-1",
    issued_at=Instant(0),
    due_at=Instant(60_000),
    attempts=0,
    next_at=Instant(0),
    acknowledged_at=None,
    acknowledged_by=None,
    problem=None,
)


def test_systems_are_those_that_the_operator_names() -> None:
    found = systems_of("mes=https://mes.plant/holds wms=http://wms:81/x?a=b", "wms=t0ken")
    assert found == {
        "mes": System("mes", "https://mes.plant/holds"),
        "wms": System("wms", "http://wms:81/x?a=b", "t0ken"),
    }
    assert "t0ken" not in repr(found)
    assert systems_of(None, None) == {}


@pytest.mark.parametrize(
    ("urls", "tokens"),
    [
        ("mes=ftp://mes/x", None),
        ("mes", None),
        ("twin=http://x/", None),
        ("mes=http://x/ mes=http://y/", None),
        ("mes=http://user:pw@x/", None),
        (None, "mes=t0ken"),
        (" ".join(f"s{n}=http://x/" for n in range(17)), None),
    ],
)
def test_a_setting_that_names_no_system_is_refused_without_its_secret(
    urls: str | None, tokens: str | None
) -> None:
    with pytest.raises(Refused) as refused:
        systems_of(urls, tokens)
    assert refused.value.code == "setting.bad_value"
    assert "t0ken" not in refused.value.message
    assert "pw" not in refused.value.message


async def test_a_redirect_is_not_followed_and_silence_is_no_answer() -> None:
    async with holding_system(307) as system:
        assert await System("mes", system.url).send(COMMAND) == 307
        url = system.url
    assert await System("mes", url).send(COMMAND) == 0


def test_a_command_is_named_after_what_it_says() -> None:
    one = command_id("RC-000001", 1, "mes", HoldTarget.LOT, "L" * 128)
    assert one == command_id("RC-000001", 1, "mes", HoldTarget.LOT, "L" * 128)
    assert one != command_id("RC-000001", 2, "mes", HoldTarget.LOT, "L" * 128)
    assert len(one) <= 128
