"""A dossier as pages to print and sign: every table, each up to a bound that it tells."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import BinaryIO, Final

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from twin.dossier.about import about
from twin.dossier.fonts import Font, font_for
from twin.dossier.words import told_in, word
from twin.errors import Refused
from twin.records.dossier import Cell, Dossier, Head, Language, Row, Table
from twin.vocabulary.instants import moment_of, written

ROWS_AT_MOST: Final = 300
"""Of each table: nobody reads more on paper, and the other files hold all of them."""

_LONGEST_CELL: Final = 600
_SIZE: Final = 7
_TITLE_SIZE: Final = 15
_HEADING_SIZE: Final = 10
_MARGIN: Final = 12
_WIDEST: Final = 42
_GREY: Final = (228, 228, 228)
_FAMILY: Final = "dossier"


class NoFont(Refused):
    """A text needs characters that no font of this machine has."""

    code = "dossier.no_font"


def write(dossier: Dossier, language: Language, file: BinaryIO) -> None:
    """Write the head and the first rows of each table, and how many more there are.

    Raises:
        NoFont: no font of this machine has Chinese characters, and the dossier needs them.
    """
    render(dossier, language, file, font_for(language))


def render(dossier: Dossier, language: Language, file: BinaryIO, font: Font | None) -> None:
    """The same with a given font; without any, only texts in Latin letters can be written.

    Raises:
        NoFont: a text needs other characters.
    """
    pages = _Pages(dossier.head, language, font)
    pages.heading(word(dossier.head.subject.value, language), _TITLE_SIZE)
    for table in (about(dossier.head), *dossier.tables):
        pages.heading(word(table.name, language), _HEADING_SIZE)
        rows = iter(table.rows())
        shown = list(islice(rows, ROWS_AT_MOST))
        if shown:
            pages.rows(table, shown)
        else:
            pages.say("-")
        more = sum(1 for _ in rows)
        if more:
            pages.say(word("more", language).format(more=more))
    file.write(pages.output())


class _Pages(FPDF):
    """A4, landscape; every page tells the moments of the answer and its own number."""

    def __init__(self, head: Head, language: Language, font: Font | None) -> None:
        super().__init__(orientation="landscape", format="A4")
        self._language, self._latin_only = language, font is None
        self._foot = "  ·  ".join(
            f"{word(name, language)} {moment}"
            for name, moment in (("as_of", written(head.as_of)), ("known_at", written(head.known_at)))
        )
        if font is None:
            self._family = "helvetica"
        else:
            self._family = _FAMILY
            self.add_font(_FAMILY, fname=font.path, collection_font_number=font.face)
        self.set_creation_date(moment_of(head.known_at))
        self.set_title(self._checked(word(head.subject.value, language)))
        self.set_lang(language.value)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN + 4)
        self.add_page()

    def footer(self) -> None:
        """The moments of the answer, and the page's number."""
        self.set_y(-_MARGIN)
        self.set_font(self._family, size=_SIZE)
        number = f"{word('page', self._language)} {self.page_no()}"
        self.cell(text=self._checked(f"{self._foot}  ·  {number}"))

    def heading(self, text: str, size: int) -> None:
        """A line above what follows, on the same page with some of it."""
        if self.will_page_break(30):
            self.add_page()
        self.ln(3)
        self.set_font(self._family, size=size)
        self.cell(text=self._checked(text), new_x="LMARGIN", new_y="NEXT")
        self.ln(1)

    def say(self, text: str) -> None:
        """A line of its own."""
        self.set_font(self._family, size=_SIZE)
        self.cell(text=self._checked(text), new_x="LMARGIN", new_y="NEXT")

    def rows(self, table: Table, rows: list[Row]) -> None:
        """Rows under their headings, which each page repeats."""
        self.set_font(self._family, size=_SIZE)
        headings = [word(name, self._language) for name in table.columns]
        shown = [told_in(table, row, self._language) for row in rows]
        told = [[_told(value) for value in row] for row in shown]
        with self.table(
            col_widths=_widths([headings, *told]),
            borders_layout=TableBordersLayout.MINIMAL,
            line_height=4,
            text_align="LEFT",
            headings_style=FontFace(fill_color=_GREY),
        ) as drawn:
            for row in [headings, *told]:
                drawn.row([self._checked(text) for text in row])

    def _checked(self, text: str) -> str:
        if self._latin_only and not _is_latin(text):
            raise NoFont(
                "no font of this machine has Chinese characters; install one, such as fonts-noto-cjk, "
                "or export another kind of file"
            )
        return text


def _told(value: Cell) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]} …"


def _is_latin(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _widths(rows: Iterable[list[str]]) -> tuple[int, ...]:
    """Wide columns for long texts, bounded so that no other is squeezed away."""
    return tuple(max(6, min(_WIDEST, max(map(len, column)))) for column in zip(*rows, strict=True))
