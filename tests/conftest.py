from importlib.util import find_spec

pytest_plugins = [
    name for name in ("tests.graph_fixtures", "tests.stream_fixtures") if find_spec(name) is not None
]
