from __future__ import annotations

import json
import re
from zipfile import ZipFile

from playwright.sync_api import Page, expect

from tests.service.running import RunningService
from tests.web.sending import send

WITHIN_MS = 60_000


def a_lot_pasted_and_split(service: RunningService) -> None:
    send(
        service,
        ("LotCreated", "2026-03-02T00:00:00Z", {"lot_id": "R1", "product_id": "LED", "quantity": 100}),
        (
            "MaterialConsumed",
            "2026-03-02T01:00:00Z",
            {
                "lot_id": "R1", "operation": "DIE_BONDING", "material_lot_id": "RP1", "material_id": "PASTE",
                "quantity": 1, "unit": "G", "method": "MANUAL",
            },
        ),
        ("LotsMerged", "2026-03-02T02:00:00Z", {
            "into_lot_id": "R1", "parents": [{"lot_id": "R2", "quantity": 50}], "reason": "MERGE",
        }),
        ("LotSplit", "2026-03-02T03:00:00Z", {
            "parent_lot_id": "R1", "children": [{"lot_id": "R3", "quantity": 20}],
        }),
    )  # fmt: skip


def test_a_typed_material_lot_shows_its_lots_with_certainty_and_bounds(
    page: Page, service: RunningService
) -> None:
    a_lot_pasted_and_split(service)
    page.goto(f"{service.url}/recall#token={service.token('quality')}")
    page.get_by_label("Material lot").fill("RP1")
    page.get_by_role("button", name="Show affected lots").click()
    rows = page.locator("tr[data-lot]")
    expect(rows).to_have_count(2, timeout=WITHIN_MS)
    found = {
        row.get_attribute("data-lot"): (
            row.get_attribute("data-certainty"),
            row.get_attribute("data-low"),
            row.get_attribute("data-high"),
        )
        for row in rows.all()
    }
    assert found == {"R1": ("DEFINITE", "80", "100"), "R3": ("POSSIBLE", "0", "20")}
    rows.nth(0).get_by_role("button").click()
    expect(page.locator("tr.evidence li")).to_contain_text("MATERIAL_LOT:RP1")
    assert page.url.endswith("?materialLot=RP1")


def test_names_that_begin_as_typed_are_offered(page: Page, service: RunningService) -> None:
    a_lot_pasted_and_split(service)
    page.goto(f"{service.url}/recall#token={service.token('quality')}")
    offered = page.locator("#names option")
    page.get_by_label("Material lot").fill("RP")
    expect(offered).to_have_count(1, timeout=WITHIN_MS)
    assert offered.get_attribute("value") == "RP1"


def test_a_mistyped_material_lot_is_an_error_not_an_empty_answer(page: Page, service: RunningService) -> None:
    page.goto(f"{service.url}/recall?materialLot=NO-SUCH#token={service.token('quality')}")
    expect(page.get_by_role("alert")).to_have_attribute("data-code", "thing.not_found", timeout=WITHIN_MS)


def test_no_page_asks_anybody_but_its_own_service(page: Page, service: RunningService) -> None:
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    token = service.token("quality")
    for path in ("/", "/recall", "/cases", "/graphiql"):
        page.goto(f"{service.url}{path}#token={token}")
        page.wait_for_load_state("networkidle")
    assert {url.split("/")[2] for url in asked} == {service.url.split("/")[2]}
    assert problems == []


def test_graphiql_runs_its_first_example_offline(page: Page, service: RunningService) -> None:
    page.goto(f"{service.url}/graphiql#token={service.token('engineer')}")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".graphiql-query-editor")).to_contain_text("equipments", timeout=WITHIN_MS)
    page.get_by_role("button", name="Execute query (Ctrl-Enter)").click(timeout=WITHIN_MS)
    expect(page.locator(".result-window")).to_contain_text("totalCount", timeout=WITHIN_MS)


def test_the_answer_is_downloaded_as_a_workbook_or_for_one_customer(
    page: Page, service: RunningService
) -> None:
    paste = {
        "lot_id": "D1", "operation": "DIE_BONDING", "material_lot_id": "DP1", "quantity": 1, "unit": "G",
        "method": "MANUAL",
    }  # fmt: skip
    send(
        service,
        ("LotCreated", "2026-03-02T00:00:00Z", {"lot_id": "D1", "product_id": "LED", "quantity": 100}),
        ("MaterialConsumed", "2026-03-02T01:00:00Z", paste),
        ("OrderReceived", "2026-03-02T00:00:00Z", {
            "order_id": "D-O", "customer_id": "OTHER", "product_id": "LED", "quantity": 1,
            "due_at": "2026-04-01T00:00:00Z",
        }),
    )  # fmt: skip
    page.goto(f"{service.url}/recall?materialLot=DP1#token={service.token('quality')}")
    with page.expect_download(timeout=WITHIN_MS) as chosen:
        page.get_by_role("button", name="Download").click(timeout=WITHIN_MS)
    assert chosen.value.suggested_filename == "recall-DP1.xlsx"
    with ZipFile(chosen.value.path()) as book:
        assert b"D1" in book.read("xl/worksheets/sheet3.xml")
    page.get_by_label("Kind of file").select_option("json")
    page.get_by_label("For customer").fill("NOBODY")
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("alert")).to_contain_text("thing.not_found", timeout=WITHIN_MS)
    page.get_by_label("For customer").fill("OTHER")
    with page.expect_download(timeout=WITHIN_MS) as narrowed:
        page.get_by_role("button", name="Download").click()
    told = json.loads(narrowed.value.path().read_bytes())
    assert (told["customer"], told["tables"]["lots"]) == ("OTHER", [])


def test_who_may_not_export_is_told_so(page: Page, service: RunningService) -> None:
    send(service, ("LotCreated", "2026-03-02T00:00:00Z", {"lot_id": "E1", "product_id": "L", "quantity": 1}),
         ("MaterialLotReceived", "2026-03-02T00:00:00Z",
          {"material_lot_id": "EP1", "material_id": "M", "quantity": 1, "unit": "G"}))  # fmt: skip
    page.goto(f"{service.url}/recall?materialLot=EP1#token={service.token('engineer')}")
    page.get_by_role("button", name="Download").click(timeout=WITHIN_MS)
    expect(page.get_by_role("alert")).to_have_attribute("data-code", "access.forbidden", timeout=WITHIN_MS)


def test_a_suspect_that_reached_nothing_is_told_so_whatever_it_is(
    page: Page, service: RunningService
) -> None:
    a_lot_pasted_and_split(service)
    send(service, ("SubstrateRegistered", "2026-03-02T00:00:00Z", {"substrate_id": "RW9", "kind": "WAFER"}))
    page.goto(f"{service.url}/recall?wafer=RW9&lang=zh-Hant#token={service.token('quality')}")
    expect(page.locator("p.empty")).to_have_text("沒有批次受影響。", timeout=WITHIN_MS)


def test_times_are_of_24_hours_in_every_language(page: Page, service: RunningService) -> None:
    a_lot_pasted_and_split(service)
    for language in ("en", "zh-Hant", "zh-Hans"):
        page.goto(f"{service.url}/recall?materialLot=RP1&lang={language}#token={service.token('quality')}")
        since = page.locator("tr[data-lot=R1] td").nth(4)
        expect(since).to_contain_text(re.compile(r"^\D{0,4}[\d/ ,Mar]+ \d\d:00:00$"), timeout=WITHIN_MS)


def test_a_query_is_copied_where_the_browser_offers_no_clipboard(page: Page, service: RunningService) -> None:
    """A plain http address within a plant is no secure context."""
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })")
    page.goto(f"{service.url}/recall?lang=en#token={service.token('quality')}")
    page.get_by_role("button", name="Copy the GraphQL query").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible(timeout=WITHIN_MS)
