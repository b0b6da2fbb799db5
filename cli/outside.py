"""What the settings name of the world outside: who signs tokens, and who else gets samples."""

from __future__ import annotations

from resolvers.oidc import OutsideIssuer
from resolvers.tokens import OwnIssuer, Verifier
from twin.errors import Refused
from twin.history.influx import InfluxSink
from twin.settings import Settings


def sink_of(settings: Settings) -> InfluxSink | None:
    """The store that samples are sent on to, if any."""
    return None if settings.influx_url is None else InfluxSink(settings.influx_url, settings.influx_token)


def verifier_of(settings: Settings) -> Verifier:
    """Who checks tokens.

    Raises:
        Refused: an outside issuer is named by halves.
    """
    if settings.oidc_issuer is None:
        return OwnIssuer(settings.data_dir)
    if settings.oidc_audience is None or settings.oidc_jwks_url is None:
        raise Refused("DIELOOM_OIDC_ISSUER also needs DIELOOM_OIDC_AUDIENCE and DIELOOM_OIDC_JWKS_URL")
    return OutsideIssuer(settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks_url)
