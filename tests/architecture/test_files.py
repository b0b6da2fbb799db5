import importlib.metadata
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
OUR_PACKAGES = {"schema", "resolvers", "twin", "connectors", "graph_migrations", "simulator", "cli", "app"}
TEXTS = ("*.py", "*.toml", "*.md", "*.yaml", "*.xml", "*.json", "*.ts", "*.lock", "Makefile")
PRODUCT = ("twin/*.py", "schema/*.py", "resolvers/*.py", "connectors/*.py", "graph_migrations/*.py")
VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "core", "misc", "manager"}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def code() -> list[Path]:
    return [path for path in tracked("*.py", "*.ts", "*.tsx", "*.css", "*.java") if "dist" not in path.parts]


def test_no_file_is_longer_than_300_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in code()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert long == {}


def test_no_module_has_a_vague_name() -> None:
    assert [str(path) for path in code() if path.stem in VAGUE] == []


def test_package_markers_hold_a_sentence_and_nothing_else() -> None:
    markers = [path for path in tracked("*/__init__.py") if path.relative_to(ROOT).parts[0] in OUR_PACKAGES]
    talkative = [
        str(path.relative_to(ROOT))
        for path in markers
        if not re.fullmatch(r'"""[^"]+"""\n', path.read_text(encoding="utf-8"))
    ]
    assert talkative == []


def test_no_installed_distribution_shadows_our_packages() -> None:
    owners = importlib.metadata.packages_distributions()
    strangers = {
        name: sorted(set(owners[name]) - {"dieloom"})
        for name in OUR_PACKAGES & set(owners)
        if set(owners[name]) - {"dieloom"}
    }
    assert strangers == {}


def test_no_tracked_file_names_this_machine_or_a_registry() -> None:
    marks = re.compile(r"/(?:work|farm|root)/[a-z]|pypi\.org/simple|registry\.npmjs|repo1?\.maven")
    own = Path(__file__)
    named = [
        str(path.relative_to(ROOT))
        for path in tracked(
            "*.py", "*.toml", "*.md", "*.yaml", "*.yml", "*.xml", "*.json", "*.ts", "*.lock", "Makefile"
        )
        if path != own and marks.search(path.read_text(encoding="utf-8"))
    ]
    assert named == []


def test_only_the_wiring_reads_the_environment() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in tracked(*PRODUCT)
        if re.search(r"os\.environ|os\.getenv", path.read_text(encoding="utf-8"))
    ]
    assert readers == []
