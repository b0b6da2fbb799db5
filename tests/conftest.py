pytest_plugins = [
    "tests.distribution",
    "tests.graph_fixtures",
    "tests.shared_service",
    "tests.stream_fixtures",
]
