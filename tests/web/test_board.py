from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.service.running import RunningService
from tests.web.sending import machine, send, state

WITHIN_MS = 60_000
MACHINES = ("DB-01", "DB-02", "WB-01")


def shown(page: Page) -> dict[str, str]:
    tiles = page.locator("article.tile").all()
    return {
        str(tile.get_attribute("data-equipment")): str(tile.get_attribute("data-state")) for tile in tiles
    }


def test_the_board_survives_the_service_being_killed_and_restarted(
    page: Page, service: RunningService
) -> None:
    send(service, *[machine(name, "KILLED") for name in MACHINES])
    send(service, *[state(name, "2026-03-02T08:00:00Z", "PRODUCTIVE") for name in MACHINES])
    page.goto(f"{service.url}/?line=KILLED#token={service.token('operator')}")
    link = page.get_by_role("status")
    expect(page.locator('article[data-state="PRODUCTIVE"]')).to_have_count(3, timeout=WITHIN_MS)
    expect(link).to_have_attribute("data-link", "live")
    assert "#" not in page.url

    send(service, state("DB-02", "2026-03-02T08:10:00Z", "UNSCHEDULED_DOWN"))
    down = page.locator('article[data-equipment="DB-02"]')
    expect(down).to_have_attribute("data-state", "UNSCHEDULED_DOWN", timeout=WITHIN_MS)

    service.kill()
    expect(page.locator(".stale-badge")).to_have_count(3, timeout=WITHIN_MS)
    expect(page.get_by_role("alert")).to_be_visible()
    assert shown(page) == {"DB-01": "PRODUCTIVE", "DB-02": "UNSCHEDULED_DOWN", "WB-01": "PRODUCTIVE"}

    service.start()
    send(
        service,
        state("DB-02", "2026-03-02T08:20:00Z", "STANDBY"),
        state("DB-02", "2026-03-02T08:21:00Z", "PRODUCTIVE"),
        state("WB-01", "2026-03-02T08:22:00Z", "ENGINEERING"),
    )
    expect(page.locator('article[data-equipment="WB-01"]')).to_have_attribute(
        "data-state", "ENGINEERING", timeout=WITHIN_MS
    )
    expect(down).to_have_attribute("data-since", "2026-03-02T08:21:00.000Z", timeout=WITHIN_MS)
    expect(link).to_have_attribute("data-link", "live")
    expect(page.locator(".stale-badge")).to_have_count(0)
    assert shown(page) == {"DB-01": "PRODUCTIVE", "DB-02": "PRODUCTIVE", "WB-01": "ENGINEERING"}


def test_every_state_is_told_by_word_shape_and_colour(page: Page, service: RunningService) -> None:
    names = (
        "PRODUCTIVE", "STANDBY", "ENGINEERING", "SCHEDULED_DOWN", "UNSCHEDULED_DOWN", "NON_SCHEDULED",
        "UNKNOWN",
    )  # fmt: skip
    send(service, *[machine(f"M-{name}", "STATES") for name in names])
    send(service, *[state(f"M-{name}", "2026-03-02T08:00:00Z", name) for name in names])
    page.goto(f"{service.url}/?line=STATES&lang=zh-Hant#token={service.token('operator')}")
    expect(page.locator("article.tile")).to_have_count(7, timeout=WITHIN_MS)
    words = page.locator("article.tile .state strong").all_inner_texts()
    shapes = [path.get_attribute("d") for path in page.locator("article.tile .state path").all()]
    assert sorted(words) == sorted(["生產中", "待機", "工程", "計畫停機", "非計畫停機", "未排程", "未知"])
    assert len(set(shapes)) == 7
    assert page.locator("html").get_attribute("lang") == "zh-Hant"


def test_without_a_token_the_board_asks_for_one(page: Page, service: RunningService) -> None:
    page.goto(service.url)
    page.get_by_label("Access token").fill("not-a-token")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_label("Access token")).to_have_value("", timeout=WITHIN_MS)
    page.get_by_label("Access token").fill(service.token("operator"))
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("status")).to_have_attribute("data-link", "live", timeout=WITHIN_MS)
