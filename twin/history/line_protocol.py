"""Samples as lines of the InfluxDB line protocol, which other time series stores take too."""

from __future__ import annotations

from typing import Final

from twin.history.samples import SampleRow

MEASUREMENT: Final = "parameters"

_TAG_ESCAPES: Final = str.maketrans({",": r"\,", "=": r"\=", " ": r"\ "})
_WORD_ESCAPES: Final = str.maketrans({'"': r"\"", "\\": r"\\"})


def line(row: SampleRow) -> str:
    """One sample as one line, its time in milliseconds.

    The machine, the parameter, the lot and the substrate are tags; a number is the field ``value``,
    words are the field ``words``.
    """
    tags = {
        "equipment_id": row.equipment_id,
        "lot_id": row.lot_id,
        "name": row.name,
        "substrate_id": row.substrate_id,
        "unit": row.unit,
    }
    told = "".join(f",{key}={_tag(text)}" for key, text in tags.items() if text)
    field = f"value={row.value!r}" if row.value is not None else f'words="{_words(row.words or "")}"'
    return f"{MEASUREMENT}{told} {field} {row.sampled_at}"


def _tag(text: str) -> str:
    # At its end a backslash would take the separator after it for a letter, and nothing can escape it.
    kept = text.rstrip("\\")
    return " ".join((kept + "/" * (len(text) - len(kept))).splitlines()).translate(_TAG_ESCAPES)


def _words(text: str) -> str:
    return text.translate(_WORD_ESCAPES).replace("\r", " ").replace("\n", " ")
