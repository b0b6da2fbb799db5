from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import strawberry

from twin.errors import Behind, NotFound, TwinError

SECRET = "bolt://root:hunter2@10.0.0.7 MATCH (n) RETURN n"


class Plant:
    def __init__(self) -> None:
        self.bumped = 0
        self.entered = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.following = 0


async def reached(watermark: str, seconds: float) -> None:
    if watermark == "later":
        raise Behind(f"not reached within {seconds:.0f} s")
    if watermark != "now":
        raise TwinError("the watermark is not one of ours", code="watermark.bad")


Info = strawberry.Info[dict[str, Any]]


async def endless(info: Info) -> int:
    plant = info.context["plant"]
    plant.entered.set()
    try:
        await asyncio.Event().wait()
    finally:
        plant.cancelled.set()
    return 0


@strawberry.type
class Item:
    number: int

    @strawberry.field
    def inner(self) -> list[Item]:
        return [Item(number=self.number)]


@strawberry.type
class Query:
    @strawberry.field
    def echo(self, text: str = "") -> str:
        return text

    @strawberry.field
    def role(self, info: Info) -> str:
        return str(info.context["viewer"].role)

    @strawberry.field
    def items(self, first: int | None = None) -> list[Item]:
        return [Item(number=n) for n in range(first or 3)]

    @strawberry.field
    def boom(self) -> str | None:
        raise RuntimeError(SECRET)

    @strawberry.field
    def must(self) -> str:
        raise RuntimeError(SECRET)

    @strawberry.field
    def lost(self) -> str | None:
        raise NotFound("lot LOT-9 was never named", code="lot.not_found", field="lotId")

    @strawberry.field
    async def endless(self, info: Info) -> int:
        return await endless(info)


@strawberry.type
class Mutation:
    @strawberry.mutation
    def bump(self, info: Info) -> int:
        info.context["plant"].bumped += 1
        return int(info.context["plant"].bumped)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int) -> AsyncGenerator[int, None]:
        for number in range(1, to + 1):
            yield number

    @strawberry.subscription
    async def ticks(self, info: Info) -> AsyncGenerator[int, None]:
        plant = info.context["plant"]
        plant.following += 1
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            plant.following -= 1

    @strawberry.subscription
    async def breaks(self) -> AsyncGenerator[int, None]:
        yield 1
        raise RuntimeError(SECRET)

    @strawberry.subscription
    async def unready(self) -> AsyncGenerator[int, None]:
        raise TwinError("not yet", code="subscription.not_available_yet")
        yield 1


SCHEMA = strawberry.Schema(Query, Mutation, Subscription)
