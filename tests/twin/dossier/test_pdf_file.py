from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.twin.dossier.led_day import HEAD, whole, worked_example
from tests.twin.dossier.reading_pdf import text_of
from twin.dossier.fonts import Font, font_for
from twin.dossier.pdf_file import ROWS_AT_MOST, NoFont, render
from twin.records.dossier import Dossier, Language, Table

FONT = font_for(Language.ZH_HANT)
needs_font = pytest.mark.skipif(FONT is None, reason="no font with Chinese characters: none was drawn")


def lines(dossier: Dossier, language: Language, font: Font | None) -> list[str]:
    file = io.BytesIO()
    render(dossier, language, file, font)
    return text_of(file.getvalue()).splitlines()


@needs_font
def test_headings_are_in_the_wanted_language() -> None:
    shown = lines(whole(worked_example()), Language.ZH_HANT, FONT)
    headings = ["召回檔案", "說明", "合計", "批次", "證據"]
    assert [heading for heading in headings if heading in shown] == headings


@needs_font
def test_names_in_any_script_are_drawn() -> None:
    table = Table("lots", ("lot_id", "low"), lambda: [("批次-7(好)", 3), ("LOT-é", None)])
    shown = lines(Dossier(HEAD, (table,)), Language.EN, FONT)
    assert shown[-4:-1] == ["批次-7(好)", "3", "LOT-é"]
    assert shown[-1] == "As of 2026-03-02T20:00:00.000Z  ·  Known at 2026-03-02T20:01:00.000Z  ·  Page 1"


def test_rows_beyond_the_bound_are_counted_not_dropped_silently() -> None:
    rows = [(f"U{number}",) for number in range(ROWS_AT_MOST + 7)]
    shown = lines(Dossier(HEAD, (Table("units", ("unit_id",), lambda: rows),)), Language.EN, None)
    assert (f"U{ROWS_AT_MOST - 1}" in shown, f"U{ROWS_AT_MOST}" in shown) == (True, False)
    assert "7 more rows are in the other files of this dossier." in shown


def test_without_a_font_only_latin_letters_are_drawn_and_others_refused() -> None:
    table = Table("lots", ("lot_id",), lambda: [("批次",)])
    assert "LOT-1" in lines(whole(worked_example()), Language.EN, None)
    with pytest.raises(NoFont) as refused:
        lines(Dossier(HEAD, (table,)), Language.EN, None)
    assert refused.value.code == "dossier.no_font"
    assert "install one, such as fonts-noto-cjk" in refused.value.message
    with pytest.raises(NoFont):
        lines(whole(worked_example()), Language.ZH_HANS, None)


def test_the_best_known_font_is_found_wherever_the_system_keeps_it(tmp_path: Path) -> None:
    deep = tmp_path / "opentype" / "noto"
    deep.mkdir(parents=True)
    assert font_for(Language.EN, [tmp_path, tmp_path / "absent"]) is None
    (deep / "wqy-zenhei.ttc").touch()
    assert font_for(Language.ZH_HANT, [tmp_path]) == Font(deep / "wqy-zenhei.ttc")
    (deep / "NotoSansCJK-Regular.ttc").touch()
    assert font_for(Language.ZH_HANT, [tmp_path]) == Font(deep / "NotoSansCJK-Regular.ttc", 3)
    assert font_for(Language.ZH_HANS, [tmp_path]) == Font(deep / "NotoSansCJK-Regular.ttc", 2)
