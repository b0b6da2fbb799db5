from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.service.running import RunningService
from tests.web.sending import send, token_of

WITHIN_MS = 60_000
DIES = 1_203
LOTS = 160
Fact = tuple[str, str, dict[str, Any]]


def created(name: str) -> Fact:
    return ("LotCreated", "2026-03-02T00:00:00Z", {"lot_id": name, "product_id": "LED", "quantity": 10})


def pasted(name: str, paste: str) -> Fact:
    data = {
        "lot_id": name, "operation": "DIE_BONDING", "material_lot_id": paste, "quantity": 1, "unit": "G",
        "method": "MANUAL",
    }  # fmt: skip
    return ("MaterialConsumed", "2026-03-02T01:00:00Z", data)


def bonded(lot_id: str, strip: str, transfers: list[list[Any]]) -> Fact:
    data = {
        "to_substrate_id": strip, "to_kind": "STRIP", "lot_id": lot_id, "operation": "DIE_BONDING",
        "equipment_id": "LONG-DB", "transfers": transfers,
    }  # fmt: skip
    return ("DiesTransferred", "2026-03-02T01:00:00Z", data)


def test_the_page_of_a_lot_knows_where_every_die_of_a_large_strip_came_from(
    page: Page, service: RunningService
) -> None:
    last = [["LONG-W2", 7, 90, 40, 30]]
    dies = [["LONG-W1", at % 40, at // 40, at % 40, at // 40] for at in range(DIES - 1)]
    send(service, created("LONG-L1"), bonded("LONG-L1", "LONG-S1", dies + last))
    page.goto(f"{service.url}/lot?lot=LONG-L1#token={token_of(service, 'quality')}")
    wafers = page.locator("tr[data-wafer]")
    expect(wafers).to_have_count(2, timeout=WITHIN_MS)
    expect(wafers.nth(0).locator("td").first).to_have_text(str(DIES - 1))
    expect(wafers.nth(0).get_by_role("link")).to_have_attribute(
        "href", "/recall?wafer=LONG-W1&xMin=0&xMax=39&yMin=0&yMax=30"
    )
    expect(wafers.nth(1).get_by_role("link")).to_have_attribute(
        "href", "/recall?wafer=LONG-W2&xMin=7&xMax=7&yMin=90&yMax=90"
    )


def test_a_case_shows_how_many_lots_it_does_not_show_and_shows_them_when_asked(
    page: Page, service: RunningService
) -> None:
    names = [f"LONG-C{number:03d}" for number in range(LOTS)]
    send(service, *map(created, names), *(pasted(name, "LONG-P1") for name in names))
    page.goto(f"{service.url}/recall?materialLot=LONG-P1#token={token_of(service, 'quality')}")
    page.get_by_label("Reason").fill("many lots", timeout=WITHIN_MS)
    page.get_by_role("button", name="Only draft it").click()
    expect(page.locator("main[data-state=SIMULATED]")).to_be_visible(timeout=WITHIN_MS)
    expect(page.locator("tr[data-lot]")).to_have_count(50, timeout=WITHIN_MS)
    expect(page.locator("[data-left]")).to_have_attribute("data-left", str(LOTS - 50))
    page.get_by_role("button", name="Show more").click()
    expect(page.locator("tr[data-lot]")).to_have_count(150, timeout=WITHIN_MS)
    page.get_by_role("button", name="Show more").click()
    expect(page.locator("tr[data-lot]")).to_have_count(LOTS, timeout=WITHIN_MS)
    expect(page.locator("[data-left]")).to_have_count(0)


def test_a_case_that_could_not_be_read_is_read_again_without_a_hand(
    page: Page, service: RunningService
) -> None:
    send(service, created("LONG-D1"), pasted("LONG-D1", "LONG-P2"))
    page.goto(f"{service.url}/recall?materialLot=LONG-P2#token={token_of(service, 'quality')}")
    page.get_by_label("Reason").fill("a cut", timeout=WITHIN_MS)
    page.get_by_role("button", name="Only draft it").click()
    expect(page.locator("main[data-state=SIMULATED]")).to_be_visible(timeout=WITHIN_MS)

    def cut(route: Route) -> None:
        route.abort()

    page.route("**/graphql", cut)
    page.reload()
    expect(page.get_by_role("alert")).to_have_attribute("data-code", "service.unreachable", timeout=WITHIN_MS)
    page.unroute("**/graphql", cut)
    expect(page.locator("main[data-state=SIMULATED]")).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_second_try_to_open_a_case_goes_on_with_the_first_draft(
    page: Page, service: RunningService
) -> None:
    send(service, created("LONG-E1"), pasted("LONG-E1", "LONG-P3"))
    page.goto(f"{service.url}/recall?materialLot=LONG-P3#token={token_of(service, 'quality')}")
    page.get_by_label("Reason").fill("asked twice", timeout=WITHIN_MS)

    def cut(route: Route) -> None:
        if "simulateRecallCase" in (route.request.post_data or ""):
            route.abort()
        else:
            route.continue_()

    page.route("**/graphql", cut)
    page.get_by_role("button", name="Open a case").click()
    expect(page.get_by_role("alert")).to_have_attribute("data-code", "service.unreachable", timeout=WITHIN_MS)
    page.unroute("**/graphql", cut)
    page.get_by_role("button", name="Open a case").click()
    expect(page.locator("main[data-state=OPENED]")).to_be_visible(timeout=WITHIN_MS)
    cases = "{ recallCases(first: 500) { nodes { reason } } }"
    rows = service.ask(token_of(service, "quality"), cases, {})["data"]["recallCases"]["nodes"]
    assert [row["reason"] for row in rows].count("asked twice") == 1
