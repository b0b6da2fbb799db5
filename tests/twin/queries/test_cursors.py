from __future__ import annotations

from base64 import urlsafe_b64decode

import pytest

from twin.errors import Refused
from twin.queries.cursors import cursor_of, place_of


def test_a_cursor_leads_back_to_its_place() -> None:
    assert place_of("lots", cursor_of("lots", (1_700_000_000_000, "L/1"))) == (1_700_000_000_000, "L/1")


def test_a_cursor_of_a_list_about_very_much_leads_back_to_its_place() -> None:
    listing = f"lots {list(range(1_000))}"
    assert place_of(listing, cursor_of(listing, ("L1",))) == ("L1",)


def test_a_cursor_does_not_tell_what_its_list_is_about() -> None:
    assert b"SECRET" not in urlsafe_b64decode(cursor_of("lots SECRET-PASTE", ("L1",)))


def test_no_cursor_is_the_start() -> None:
    assert place_of("lots", None) is None


@pytest.mark.parametrize("cursor", ["", "nonsense!", "AAAAAAAAAAAA", "W10=", "é", "A" * 5_000])
def test_what_was_never_given_out_is_refused(cursor: str) -> None:
    with pytest.raises(Refused) as refused:
        place_of("lots", cursor)
    assert refused.value.code == "cursor.bad"


def test_a_changed_cursor_is_refused() -> None:
    cursor = cursor_of("lots", ("L1",))
    with pytest.raises(Refused):
        place_of("lots", cursor[:-4] + ("AAA=" if cursor[-4:] != "AAA=" else "BBB="))


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(Refused):
        place_of("orders", cursor_of("lots", ("L1",)))
