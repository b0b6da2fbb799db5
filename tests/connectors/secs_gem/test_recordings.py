from pathlib import Path

import pytest

from connectors.secs_gem.codec import decode, encode
from connectors.secs_gem.mapping import Mapping
from tests.connectors.secs_gem.machine import options
from twin.events import codec
from twin.vocabulary.instants import Instant

_HERE = Path(__file__).parent
_RECORDINGS = sorted((_HERE / "recordings").iterdir())
_ARRIVED = Instant(1_795_328_685_000)


@pytest.mark.parametrize("recording", _RECORDINGS, ids=lambda path: path.name)
def test_a_recorded_message_of_another_make_means_what_is_expected(tmp_path: Path, recording: Path) -> None:
    body = bytes.fromhex(recording.read_text(encoding="ascii"))
    mapping = Mapping(options(tmp_path))
    means = mapping.collected if recording.suffix == ".s6f11" else mapping.alarmed
    events = means(decode(body), _ARRIVED)
    expected = (_HERE / "expected" / f"{recording.stem}.ndjson").read_bytes().splitlines()
    assert [codec.encode(event) for event in events] == expected
    assert encode(decode(body)) == body
