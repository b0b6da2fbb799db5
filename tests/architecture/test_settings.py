from dataclasses import fields
from pathlib import Path

from twin.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
NAMES = [PREFIX + setting.name.upper() for setting in fields(Settings)]


def test_every_setting_stands_in_the_example_environment() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    listed = [line.lstrip("# ").split("=")[0] for line in lines if "=" in line]
    assert listed == NAMES


def test_every_setting_stands_in_the_settings_page() -> None:
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}`" not in page] == []
