"""A font of this machine that has Chinese characters: none is shipped, it would outweigh the product."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from twin.records.dossier import Language

FOLDERS: Final = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts"),
    Path("~/.fonts"),
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
    Path("~/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)
"""Where systems keep fonts."""

_NOTO: Final = {Language.ZH_HANT: 3, Language.ZH_HANS: 2, Language.EN: 2}
_KNOWN: Final = (
    "NotoSansCJK-Regular.ttc",
    "NotoSerifCJK-Regular.ttc",
    "NotoSansCJKtc-Regular.otf",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansTC-Regular.ttf",
    "NotoSansSC-Regular.ttf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "STHeiti Light.ttc",
    "Arial Unicode.ttf",
    "msjh.ttc",
    "msyh.ttc",
    "simsun.ttc",
)
"""Names of files, the best first; those of Noto's collections hold a face for each way of writing."""


@dataclass(frozen=True, slots=True)
class Font:
    """A font file, and which of its faces."""

    path: Path
    face: int = 0


def font_for(language: Language, folders: Iterable[Path] | None = None) -> Font | None:
    """The best known font with Chinese characters below these folders, else where systems keep fonts.

    None when there is none.
    """
    there: dict[str, Path] = {}
    for folder in FOLDERS if folders is None else folders:
        for path in sorted(folder.expanduser().rglob("*.[to]t[cf]")):
            there.setdefault(path.name, path)
    for name in _KNOWN:
        if name in there:
            face = _NOTO[language] if name.startswith("Noto") and name.endswith(".ttc") else 0
            return Font(there[name], face)
    return None
