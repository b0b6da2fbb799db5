from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.distribution",
    "tests.graph_fixtures",
    "tests.patience",
    "tests.shared_service",
    "tests.stream_fixtures",
]

# How long one example takes says something about the machine, nothing about the code.
# The same commit meets the same examples everywhere: `make random` looks for others.
settings.register_profile(
    "same-examples",
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "other-examples", settings.get_profile("same-examples"), derandomize=False, print_blob=True
)
settings.load_profile("same-examples")
