from __future__ import annotations

import hashlib
import io
import json
from threading import Event as Stop
from zipfile import ZipFile

import pytest

from tests.twin.dossier.led_day import whole, worked_example
from twin.dossier.formats import Format
from twin.dossier.package import stopped_by, write_file, write_package
from twin.errors import Refused
from twin.records.dossier import Language


def packed(*forms: Format) -> ZipFile:
    file = io.BytesIO()
    write_package(whole(worked_example()), forms, Language.EN, file)
    return ZipFile(file)


def test_the_manifest_seals_each_file_and_all_of_them() -> None:
    with packed(Format.JSON, Format.CSV) as package:
        manifest = json.loads(package.read("manifest.json"))
        files = {name: package.read(name) for name in ("recall.csv", "recall.json")}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert [(row["name"], row["bytes"], row["sha256"]) for row in manifest["files"]] == [
        (name, len(files[name]), hashes[name]) for name in ("recall.csv", "recall.json")
    ]
    lines = f"{hashes['recall.csv']}  recall.csv\n{hashes['recall.json']}  recall.json\n"
    assert manifest["sha256"] == hashlib.sha256(lines.encode()).hexdigest()
    told = {name: manifest[name] for name in ("question", "as_of", "known_at", "watermark", "complete")}
    assert told == {
        "question": {"scope": {"materialLot": {"materialLotId": "PASTE-1"}}},
        "as_of": "2026-03-02T20:00:00.000Z",
        "known_at": "2026-03-02T20:01:00.000Z",
        "watermark": "box/0=9",
        "complete": True,
    }


@pytest.mark.parametrize("form", list(Format))
def test_the_same_answer_gives_the_same_bytes(form: Format) -> None:
    one, other, dossier = io.BytesIO(), io.BytesIO(), whole(worked_example())
    sealed = write_file(dossier, form, Language.EN, one)
    assert write_file(dossier, form, Language.EN, other) == sealed
    assert hashlib.sha256(one.getvalue()).hexdigest() == sealed.sha256
    assert sealed.size == len(one.getvalue())


def test_a_file_without_its_font_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.dossier.fonts.FOLDERS", ())
    file = io.BytesIO()
    write_package(whole(worked_example()), [Format.JSON, Format.PDF], Language.ZH_HANT, file)
    with ZipFile(file) as package:
        assert package.namelist() == ["recall.json", "manifest.json"]
        (left_out,) = json.loads(package.read("manifest.json"))["left_out"]
    assert (left_out["name"], left_out["code"]) == ("recall.pdf", "dossier.no_font")
    with pytest.raises(Refused) as refused:
        write_package(whole(worked_example()), [Format.PDF], Language.ZH_HANT, io.BytesIO())
    assert refused.value.code == "dossier.no_font"


def test_writing_ends_when_nobody_waits_for_the_file() -> None:
    stop = Stop()
    stop.set()
    with pytest.raises(Refused) as refused:
        write_file(stopped_by(whole(worked_example()), stop), Format.CSV, Language.EN, io.BytesIO())
    assert refused.value.code == "dossier.abandoned"
