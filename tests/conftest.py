from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.distribution",
    "tests.graph_fixtures",
    "tests.patience",
    "tests.shared_service",
    "tests.stream_fixtures",
]

# How long one example takes says something about the machine, nothing about the code.
settings.register_profile(
    "busy machine", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("busy machine")
