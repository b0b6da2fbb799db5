from __future__ import annotations

import re
from pathlib import Path

import pytest

WORDS = Path(__file__).parents[2] / "web" / "src" / "words"
_NARROW = re.compile(r"[\u4e00-\u9fff”」][,:;?!]|[,;?!][\u4e00-\u9fff]")


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans"])
def test_chinese_words_have_chinese_punctuation(language: str) -> None:
    lines = (WORDS / f"{language}.ts").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if _NARROW.search(line)] == []
