"""Rewrites the pages that come from code, so that they cannot drift from it: ``python -m docs.generate``."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from twin.settings import PREFIX, Settings

_ROOT = Path(__file__).parents[1]
_HEAD = """# Settings

Read from the environment once, at the start.

| Name | Default | Meaning |
|---|---|---|
"""


def settings_page() -> str:
    """Every setting with its default and meaning, as a table."""
    rows = [
        f"| `{PREFIX}{setting.name.upper()}` | {_shown(setting.default)} | {setting.metadata['help']} |"
        for setting in fields(Settings)
    ]
    return _HEAD + "\n".join(rows) + "\n"


def example_environment() -> str:
    """A file to copy to .env: every setting, commented out, with its default."""
    rows = []
    for setting in fields(Settings):
        rows += [
            f"# {setting.metadata['help']}",
            f"# {PREFIX}{setting.name.upper()}={_plain(setting.default)}",
            "",
        ]
    return "\n".join(rows)


def _plain(default: object) -> str:
    if default is None:
        return ""
    return ",".join(default) if isinstance(default, tuple) else str(default)


def _shown(default: object) -> str:
    return "unset" if default is None else f"`{_plain(default)}`"


def write_pages() -> None:
    """Write all generated pages in place."""
    (_ROOT / "docs/settings.md").write_text(settings_page(), encoding="utf-8")
    (_ROOT / ".env.example").write_text(example_environment(), encoding="utf-8")


if __name__ == "__main__":
    write_pages()
