from pathlib import Path

import pytest

from twin.settings import SettingRefused, Settings


def test_an_empty_environment_means_embedded_stores_on_loopback() -> None:
    settings = Settings.from_environment({})
    assert (settings.graph_url, settings.stream_url, settings.host, settings.port, settings.shards) == (
        None,
        None,
        "127.0.0.1",
        8000,
        4,
    )
    assert settings.data_dir == Path(".dieloom")


def test_settings_are_read_from_prefixed_names() -> None:
    settings = Settings.from_environment(
        {
            "DIELOOM_PORT": "0",
            "DIELOOM_ROLES": "api, projector",
            "DIELOOM_DATA_DIR": "/srv/d",
            "PORT": "9",
        }
    )
    assert (settings.port, settings.roles, settings.data_dir) == (0, ("api", "projector"), Path("/srv/d"))


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("PORT", "70000", "a whole number from 0 to 65535"),
        ("SHARDS", "0", "a whole number from 1 to 64"),
        ("SHARDS", "four", "a whole number from 1 to 64"),
        ("HISTORY_DAYS", "0", "a whole number from 1 to 36500"),
        ("ROLES", "api,cook", "a list of api, projector, connectors, jobs"),
    ],
)
def test_a_bad_setting_is_named_with_what_is_allowed(name: str, text: str, allowed: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        Settings.from_environment({f"DIELOOM_{name}": text})
    assert refused.value.field == name.lower()
    assert refused.value.message == f"DIELOOM_{name} is {text!r}; allowed: {allowed}"


def test_secrets_do_not_show_in_the_printed_settings() -> None:
    settings = Settings.from_environment(
        {
            "DIELOOM_GRAPH_PASSWORD": "hunter2",
            "DIELOOM_STREAM_URL": "redis://:hunter3@h",
            "DIELOOM_INFLUX_URL": "http://u:hunter4@h/write",
            "DIELOOM_INFLUX_TOKEN": "hunter5",
        }
    )
    assert "hunter" not in repr(settings)
