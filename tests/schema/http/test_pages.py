from __future__ import annotations

import gzip
from collections.abc import AsyncIterator

import pytest

from tests.schema.http.conftest import Edge, edge_of


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Edge]:
    web = tmp_path_factory.mktemp("web")
    (web / "assets").mkdir()
    (web / "index.html").write_text("<title>board</title>")
    (web / "recall.html").write_text("<title>recall</title>")
    (web / "graphiql.html").write_text("<title>ide</title>")
    (web / "assets" / "board-A1.js").write_text("let x = 1;" * 500)
    (web / "assets" / "style-B2.css").write_text("a{}")
    (web / "assets" / "style-B2.css.gz").write_bytes(gzip.compress(b"a{}"))
    (web / "icon.svg").write_text("<svg/>")
    async with edge_of(tmp_path_factory.mktemp("site"), web=web) as running:
        yield running


@pytest.mark.parametrize(("path", "title"), [("/", "board"), ("/recall", "recall"), ("/graphiql", "ide")])
async def test_a_page_is_served_under_a_strict_policy(site: Edge, path: str, title: str) -> None:
    response = await site.http.get(path)
    assert (response.status_code, response.text) == (200, f"<title>{title}</title>")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
    assert (policy["default-src"], policy["script-src"]) == ("'self'", "'self'")
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_hashed_files_are_kept_for_ever(site: Edge) -> None:
    response = await site.http.get("/assets/board-A1.js")
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["content-encoding"] == "gzip"
    assert response.text == "let x = 1;" * 500


async def test_a_client_without_gzip_gets_plain_bytes(site: Edge) -> None:
    for path, text in (("/assets/board-A1.js", "let x = 1;" * 500), ("/assets/style-B2.css", "a{}")):
        response = await site.http.get(path, headers={"accept-encoding": "identity"})
        assert "content-encoding" not in response.headers
        assert response.text == text


async def test_a_compressed_file_of_the_build_is_used(site: Edge) -> None:
    response = await site.http.get("/assets/style-B2.css")
    assert (response.headers["content-encoding"], response.text) == ("gzip", "a{}")


async def test_an_unchanged_page_is_not_sent_again(site: Edge) -> None:
    first = await site.http.get("/")
    again = await site.http.get("/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["/assets/", "/assets/../index.html", "/assets/%2e%2e/index.html", "/index.html", "/etc/passwd"],
)
async def test_nothing_else_is_served(site: Edge, path: str) -> None:
    response = await site.http.get(path)
    assert response.status_code == 404


async def test_a_page_that_was_not_built_says_so(edge: Edge) -> None:
    response = await edge.http.get("/")
    assert (response.status_code, response.json()["code"]) == (404, "request.not_found")
