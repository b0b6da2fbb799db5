import re
from pathlib import Path

import pytest

from connectors.errors import FactoryFileRefused
from connectors.instances import instances
from connectors.secs_gem.config import Mode, SecsGemOptions

_PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "connect-equipment.md"

_GOOD = """\
connectors:
  - connector: secs_gem
    id: db-01
    equipment_id: DIE-BONDER-01
    port: 5000
    variables: {Clock: 1, LotID: 2}
    timeouts:
      t3: 30
    collection_events:
      3002:
        name: LotStart
        report: [Clock, LotID]
        facts:
          - event: LotTrackedIn
            fields:
              lot_id: LotID
              operation: =DIE_BONDING
"""


def _written(folder: Path, text: str) -> Path:
    file = folder / "factory.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_example_of_the_how_to_page_is_accepted(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", _PAGE.read_text(encoding="utf-8"), re.DOTALL)
    found = instances(_written(tmp_path, "".join(blocks)), tmp_path / "state")
    assert [(one.kind, one.options.id) for one in found] == [
        ("secs_gem", "die-bonder-02"),
        ("barcode", "scan-die-bonder-02"),
    ]


def test_an_entry_becomes_the_options_of_its_connector(tmp_path: Path) -> None:
    (found,) = instances(_written(tmp_path, _GOOD), tmp_path / "state")
    options = found.options
    assert isinstance(options, SecsGemOptions)
    assert (options.mode, options.timeouts.t3, options.timeouts.t6) == (Mode.ACTIVE, 30, 5)
    assert options.state_dir == tmp_path / "state" / "db-01"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("secs_gem", "secsgem", "2: @.connector: 'secsgem' is no connector; allowed: "),
        ("port: 5000", "port: many", "5: @.port: Expected `int`, got `str`"),
        (
            "port: 5000",
            "mode: both\n    port: 5",
            "5: @.mode: Invalid enum value 'both'; allowed: ",
        ),
        ("t3: 30", "t3: 0", "8: @.timeouts.t3: Expected `float` > 0.0"),
        (
            "t3: 30",
            "t33: 3",
            "7: @.timeouts: Object contains unknown field `t33`; allowed: t3, t5",
        ),
        ("name: LotStart", "nom: LotStart", "10: @.collection_events[3002]: Object "),
        (
            "lot_id: LotID",
            "lot_id: LotId",
            "16: @facts[0].fields.lot_id: "
            "no variable 'LotId' in the report; it has Clock, LotID; letters begin with =",
        ),
        (
            "lot_id: LotID",
            "lot: LotID",
            "16: @facts[0].fields.lot: no field 'lot'; LotTrackedIn has ",
        ),
        (
            "operation: =DIE_BONDING",
            "recipe_id: =R",
            "15: @facts[0].fields: LotTrackedIn needs operation",
        ),
        (
            "event: LotTrackedIn",
            "event: LotStarted",
            "14: @facts[0].event: unknown event type 'LotStarted'; allowed: ",
        ),
        (
            "operation: =DIE_BONDING",
            "operation: LotID->names",
            "17: @facts[0].fields.operation: no table 'names'; there is none",
        ),
        (
            "[Clock, LotID]",
            "[Clock, Lot]",
            "12: @.collection_events[3002].report: 'Lot' is not among ",
        ),
        ("id: db-01", "id: ../x", "3: @.id: Expected `str` matching regex"),
        ("id: db-01", "id: db-01\n    state_dir: /", "4: @.state_dir: given by the deployment"),
        (
            "equipment_id: DIE-BONDER-01\n",
            "\n",
            "2: @: Object missing required field `equipment_id`",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    file = _written(tmp_path, _GOOD.replace(old, new, 1))
    with pytest.raises(FactoryFileRefused) as caught:
        instances(file, tmp_path)
    where = message.replace("@facts", "@.collection_events[3002].facts").replace("@", "connectors[0]")
    assert str(caught.value).startswith(f"{file}:{where}")


def test_two_instances_may_not_share_a_name(tmp_path: Path) -> None:
    file = _written(tmp_path, _GOOD + _GOOD.replace("connectors:\n", ""))
    with pytest.raises(FactoryFileRefused, match=r":19: connectors\[1\]\.id: 'db-01' is used twice"):
        instances(file, tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("connectors: {", "while parsing"),
        ("lines: []\n", "1: connectors: allowed: a list"),
        ("", "1: connectors"),
    ],
)
def test_a_file_without_connectors_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FactoryFileRefused, match=message):
        instances(_written(tmp_path, text), tmp_path)
