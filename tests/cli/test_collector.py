from __future__ import annotations

import subprocess
import sys

PROBE = """
import gc, weakref
from cli.collector import search_rarely

class Ring:
    pass

search_rarely()
ring = Ring()
ring.itself = ring
gc.collect()
seen = weakref.ref(ring)
frozen = gc.get_freeze_count()
del ring
searches = 1
lost_at = None
while lost_at is None and searches < 200:
    gc.collect()
    searches += 1
    if seen() is None:
        lost_at = searches
young = Ring()
young.itself = young
gone = weakref.ref(young)
del young
gc.collect()
print(frozen > 0, lost_at, gone() is None)
"""


def test_what_outlived_a_search_is_left_out_of_the_next_ones_but_never_for_good() -> None:
    told = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, timeout=120
    )
    assert told.stdout.split() == ["True", "64", "True"]
