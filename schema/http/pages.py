"""The web pages: built files, read once at start, served from memory under a strict policy."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from schema.http.problem import RequestRefused, problem
from schema.http.request_envelope import request_id

POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Scripts only from here. Styles may stand in elements: the editor of the IDE positions its lines so."""

PAGES: Final = {
    "/": "index.html",
    "/lot": "lot.html",
    "/recall": "recall.html",
    "/cases": "cases.html",
    "/graphiql": "graphiql.html",
}
FOR_EVER: Final = "public, max-age=31536000, immutable"
_COMPRESSED_FROM: Final = 1_024
_TYPES: Final = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}


@dataclass(frozen=True, slots=True)
class _Asset:
    body: bytes
    zipped: bytes | None
    media_type: str
    tag: str
    is_hashed: bool


class Pages:
    """All files of the web build; a request can name nothing else."""

    def __init__(self, folder: Path) -> None:
        self._assets: dict[str, _Asset] = {}
        if folder.is_dir():
            for path in sorted(folder.rglob("*")):
                if path.is_file() and path.suffix != ".gz":
                    name = path.relative_to(folder).as_posix()
                    self._assets[name] = _asset(path, is_hashed=name.startswith("assets/"))

    @property
    def paths(self) -> list[str]:
        """Every address that a page or file is served at."""
        return [*PAGES, *(f"/{name}" for name in self._assets if not name.endswith(".html"))]

    async def respond(self, request: Request) -> Response:
        """One page or file; only what the build contains."""
        path = request.url.path
        asset = self._assets.get(PAGES.get(path, path.removeprefix("/")))
        if asset is None:
            missing = RequestRefused("this page was not built; run `make web`", code="request.not_found")
            return problem(missing, 404, request_id(request))
        headers = {
            "cache-control": FOR_EVER if asset.is_hashed else "no-cache",
            "content-security-policy": POLICY,
            "etag": asset.tag,
            "vary": "accept-encoding",
            "x-frame-options": "DENY",
        }
        if request.headers.get("if-none-match") == asset.tag:
            return Response(status_code=304, headers=headers)
        body = asset.body
        if asset.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            body = asset.zipped
        return Response(body, headers=headers, media_type=asset.media_type)


def _asset(path: Path, *, is_hashed: bool) -> _Asset:
    body = path.read_bytes()
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _Asset(
        body,
        _zipped(path, body, media_type),
        media_type,
        f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        is_hashed,
    )


def _zipped(path: Path, body: bytes, media_type: str) -> bytes | None:
    ready = path.with_name(path.name + ".gz")
    if ready.is_file():
        return ready.read_bytes()
    texts = media_type.startswith("text/") or media_type.endswith(("json", "xml"))
    return gzip.compress(body, 6, mtime=0) if texts and len(body) >= _COMPRESSED_FROM else None
