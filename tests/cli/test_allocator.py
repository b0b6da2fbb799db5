from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

from cli.allocator import give_back_early, trim

PROBE = """
from pathlib import Path
from cli.allocator import give_back_early, trim

def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) >> 10

give_back_early()
blocks = [b"x" * 50_000 for _ in range(4_000)]
full = resident()
last = blocks[-1]
blocks.clear()
trim()
print(full - resident() > 150)
"""


@pytest.mark.skipif(not trim(), reason="another C library than glibc")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="nobody tells here what is resident")
def test_what_was_freed_goes_back_to_the_machine_though_something_behind_it_is_kept() -> None:
    told = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.split() == ["True"]


def test_a_machine_whose_c_library_cannot_be_asked_starts_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_name: None) -> None:
        raise OSError("Dynamic loading not supported")

    monkeypatch.setattr(ctypes, "CDLL", refuse)

    give_back_early()

    assert not trim()
