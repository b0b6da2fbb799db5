from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, expect

from tests.service.running import RunningService
from tests.web.sending import machine, send, token_of

WITHIN_MS = 60_000
Fact = tuple[str, str, dict[str, Any]]


def lot(name: str, quantity: int = 100) -> Fact:
    data = {"lot_id": name, "product_id": "LED", "quantity": quantity}
    return ("LotCreated", "2026-03-02T00:00:00Z", data)


def pasted(name: str, paste: str, at: str = "2026-03-02T01:00:00Z") -> Fact:
    data = {
        "lot_id": name, "operation": "DIE_BONDING", "material_lot_id": paste, "material_id": "PASTE",
        "quantity": 1, "unit": "G", "method": "MANUAL", "equipment_id": "CASE-DB-01",
    }  # fmt: skip
    return ("MaterialConsumed", at, data)


def working(name: str) -> Fact:
    data = {"equipment_id": "CASE-DB-01", "state": "PRODUCTIVE", "lot_id": name}
    return ("EquipmentStateChanged", "2026-03-02T01:00:00Z", data)


def test_a_bad_paste_is_followed_from_the_board_to_a_case_and_its_dossier(
    page: Page, service: RunningService
) -> None:
    send(
        service,
        machine("CASE-DB-01", "CASE"),
        lot("CASE-L1"),
        lot("CASE-L2"),
        pasted("CASE-L1", "CASE-P1"),
        working("CASE-L1"),
    )
    page.goto(f"{service.url}/?line=CASE#token={token_of(service, 'quality')}")
    page.get_by_role("link", name="CASE-L1").click(timeout=WITHIN_MS)
    page.locator("tr[data-material-lot=CASE-P1]").get_by_role("link").click(timeout=WITHIN_MS)
    expect(page.locator("tr[data-lot=CASE-L1]")).to_have_attribute(
        "data-certainty", "DEFINITE", timeout=WITHIN_MS
    )
    page.get_by_label("Reason").fill("die shear is low")
    page.get_by_role("button", name="Open a case").click()
    expect(page.locator("main[data-state=OPENED]")).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_role("status")).to_have_attribute("data-link", "live", timeout=WITHIN_MS)

    send(service, pasted("CASE-L2", "CASE-P1", "2026-03-02T02:00:00Z"))
    joined = page.locator("li[data-change=ADDED][data-thing='LOT:CASE-L2']")
    expect(joined).to_contain_text("MaterialConsumed", timeout=WITHIN_MS)
    expect(page.locator(".figures")).to_have_attribute("data-high", "200", timeout=WITHIN_MS)

    page.get_by_role("button", name="Hold what is reached").click()
    page.get_by_label("Reason").fill("stop both")
    page.get_by_role("button", name="Do it").click()
    expect(page.locator("main[data-state=CONTAINED]")).to_be_visible(timeout=WITHIN_MS)
    expect(page.locator("tr[data-command=ACKNOWLEDGED]")).to_have_count(2, timeout=WITHIN_MS)
    page.get_by_label("Kind of file").select_option("json")
    with page.expect_download(timeout=WITHIN_MS) as chosen:
        page.get_by_role("button", name="Download").click()
    told = json.loads(chosen.value.path().read_bytes())
    assert sorted(row["lot_id"] for row in told["tables"]["lots"]) == ["CASE-L1", "CASE-L2"]

    page.get_by_role("button", name="Release some").click()
    page.get_by_label("CASE-L2", exact=True).check()
    page.get_by_label("Reason").fill("CASE-L2 was tested again")
    page.get_by_role("button", name="Do it").click()
    expect(page.locator("main[data-state=PARTLY_RELEASED]")).to_be_visible(timeout=WITHIN_MS)
    page.get_by_role("link", name="Recall cases").click()
    expect(page.locator("tr[data-case]").first).to_contain_text("die shear is low", timeout=WITHIN_MS)


def test_who_may_not_work_on_cases_is_told_so_in_the_language_of_the_page(
    page: Page, service: RunningService
) -> None:
    send(service, lot("CASE-L3"), pasted("CASE-L3", "CASE-P2"))
    token = token_of(service, "engineer")
    page.goto(f"{service.url}/recall?materialLot=CASE-P2&lang=zh-Hant#token={token}")
    page.get_by_label("原因").fill("不良", timeout=WITHIN_MS)
    page.get_by_role("button", name="開立案件").click()
    told = page.get_by_role("alert")
    expect(told).to_have_attribute("data-code", "access.forbidden", timeout=WITHIN_MS)
    expect(told).to_contain_text("您的角色無此權限。")
