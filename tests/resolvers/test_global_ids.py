from __future__ import annotations

import pytest

from resolvers.global_ids import global_id, thing_of
from twin.errors import Refused


def test_an_id_leads_back_to_kind_and_key() -> None:
    assert thing_of(global_id("DIE", "W1@4,51")) == ("DIE", "W1@4,51")
    assert thing_of(global_id("LOT", "批次:1")) == ("LOT", "批次:1")


@pytest.mark.parametrize("identifier", ["", "LOT:L1", "TE9U", "OkwxCg==", "TE9UOg==", "////"])
def test_what_was_never_given_out_is_refused(identifier: str) -> None:
    with pytest.raises(Refused) as refused:
        thing_of(identifier)
    assert refused.value.code == "id.bad"
