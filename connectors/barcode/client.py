"""Reads codes from a scanner on a serial port or behind a serial server."""

from __future__ import annotations

import asyncio
import logging
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator
from typing import Final

import serial
import serial_asyncio_fast

from connectors.barcode.config import BarcodeOptions
from connectors.barcode.framing import Code, Framer
from connectors.errors import SourceUnavailable

_LOG: Final = logging.getLogger(__name__)
_CHUNK: Final = 4096
_DIAL: Final = 5.0
_LOST: Final = (OSError, serial.SerialException)


async def codes(options: BarcodeOptions) -> AsyncGenerator[Code, None]:
    """Every code the scanner sends, until the line ends, which it always does by raising.

    Raises:
        SourceUnavailable: the port cannot be opened, was unplugged or closed.
    """
    reader, writer = await _opened(options)
    _LOG.info("%s: listening at %s", options.id, options.port)
    framer = Framer(options.longest_code)
    try:
        while True:
            for code in await _next(reader, framer, options):
                yield code
    finally:
        writer.transport.abort()


async def _next(reader: StreamReader, framer: Framer, options: BarcodeOptions) -> list[Code]:
    try:
        async with asyncio.timeout(options.idle if framer.partial else None):
            received = await reader.read(_CHUNK)
    except TimeoutError:
        return framer.flush()
    except _LOST as lost:
        raise SourceUnavailable(f"{options.port} was lost: {lost}") from None
    if received:
        return framer.feed(received)
    cut = framer.flush()
    if not cut:
        raise SourceUnavailable(f"{options.port} was closed")
    return [Code(code.raw, whole=False) for code in cut]


async def _opened(options: BarcodeOptions) -> tuple[StreamReader, StreamWriter]:
    try:
        async with asyncio.timeout(_DIAL):
            if not options.port.startswith("tcp://"):
                return await serial_asyncio_fast.open_serial_connection(
                    url=options.port, baudrate=options.baud
                )
            host, _, port = options.port.removeprefix("tcp://").rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
    except (*_LOST, TimeoutError) as error:
        raise SourceUnavailable(f"{options.port} cannot be opened: {error}") from None
    connected: socket.socket = writer.get_extra_info("socket")
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return reader, writer
