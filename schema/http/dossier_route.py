"""``/dossier``: an answer as files, made on disk and handed out piece by piece."""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from tempfile import TemporaryFile
from typing import BinaryIO, Final

import strawberry
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from resolvers import dossier as dossiers
from resolvers import inputs
from resolvers.context import Context
from resolvers.viewer import Viewer
from schema.http.access import Gate
from schema.http.dossier_question import ZIP, Wanted, chosen, input_of, wanted
from schema.http.execution import WATERMARK_DEADLINE_S, Reached, failed
from schema.http.leaving import unless_gone
from schema.http.problem import RequestRefused, problem
from schema.http.request_envelope import request_id, status_of
from twin.dossier.formats import MEDIA_TYPE
from twin.dossier.package import Sealed, stopped_by, write_file, write_package
from twin.records.dossier import Dossier, Subject
from twin.vocabulary.states import TraceDirection

DEADLINE_S: Final = 120.0
_PIECE: Final = 1 << 18
_STATUS: Final = {"thing.not_found": 404, "dossier.no_font": 501}


class DossierRoute:
    """Answers GET with one file, or with a ZIP of files and their manifest."""

    def __init__(
        self,
        schema: strawberry.Schema,
        gate: Gate,
        context_of: Callable[[Viewer], object],
        reached: Reached,
    ) -> None:
        self._schema, self._gate, self._context_of, self._reached = schema, gate, context_of, reached

    async def recall(self, request: Request) -> Response:
        """``GET /dossier/recall.{csv|xlsx|json|pdf|epcis.json|zip}?scope=``."""
        return await self._respond(request, Subject.RECALL)

    async def trace(self, request: Request) -> Response:
        """``GET /dossier/trace.{csv|xlsx|json|pdf|epcis.json|zip}?of=&direction=``."""
        return await self._respond(request, Subject.TRACE)

    async def _respond(self, request: Request, subject: Subject) -> Response:
        name = request_id(request)
        stop = threading.Event()
        try:
            async with asyncio.timeout(DEADLINE_S) as deadline:
                viewer = await self._gate.viewer(request)
                given = dict(request.query_params)
                wish = wanted(request.path_params["form"], given)
                await self._seen(request)
                work = self._made(viewer, subject, given, wish, stop)
                file, sealed = await unless_gone(work, request)
        except ClientDisconnect:
            return Response(status_code=499)
        except TimeoutError as failure:
            told = _too_slow() if deadline.expired() else failed(failure, name)
            return problem(told, status_of(told), name)
        except Exception as failure:  # noqa: BLE001 - masked and logged in one place
            told = failed(failure, name)
            return problem(told, _STATUS.get(told.code) or status_of(told), name)
        finally:
            stop.set()
        return _download(file, f"{subject.value}.{request.path_params['form']}", sealed)

    async def _seen(self, request: Request) -> None:
        watermark = request.headers.get("dieloom-min-watermark")
        if watermark is not None:
            await self._reached(watermark, WATERMARK_DEADLINE_S)

    async def _made(
        self,
        viewer: Viewer,
        subject: Subject,
        given: Mapping[str, str],
        wish: Wanted,
        stop: threading.Event,
    ) -> tuple[BinaryIO, Sealed | None]:
        context = self._context_of(viewer)
        assert isinstance(context, Context)  # noqa: S101 - the only kind the service makes
        async with dossiers.alike(context), context.limits.heavy:
            found = await self._asked(context, subject, given, wish)
            return await asyncio.to_thread(_written, stopped_by(found, stop), wish)

    async def _asked(
        self, context: Context, subject: Subject, given: Mapping[str, str], wish: Wanted
    ) -> Dossier:
        if subject is Subject.RECALL:
            scope = input_of(self._schema, given, "scope", inputs.RecallScope)
            return await dossiers.recall(context, scope, wish.asked)
        of = input_of(self._schema, given, "of", inputs.ThingRef)
        direction = chosen(TraceDirection, "direction", given.get("direction", "ANCESTORS"))
        return await dossiers.trace(context, of, direction, wish.asked)


def _written(dossier: Dossier, wish: Wanted) -> tuple[BinaryIO, Sealed | None]:
    file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    try:
        if wish.packed:
            write_package(dossier, wish.forms, wish.language, file)
            return file, None
        return file, write_file(dossier, wish.forms[0], wish.language, file)
    except BaseException:
        file.close()
        raise


def _download(file: BinaryIO, name: str, sealed: Sealed | None) -> Response:
    size = file.seek(0, 2)
    file.seek(0)
    headers = {"content-disposition": f'attachment; filename="{name}"', "content-length": str(size)}
    media_type = f"application/{ZIP}"
    if sealed is not None:
        media_type = MEDIA_TYPE[sealed.form]
        digest = base64.b64encode(bytes.fromhex(sealed.sha256)).decode()
        headers["repr-digest"] = f"sha-256=:{digest}:"
    return StreamingResponse(_pieces(file), headers=headers, media_type=media_type)


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


def _too_slow() -> RequestRefused:
    return RequestRefused(
        f"the dossier was not ready within {DEADLINE_S:.0f} s; ask for less",
        code="request.timeout",
        status=504,
    )
