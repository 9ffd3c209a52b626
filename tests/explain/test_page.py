"""The page in a real browser: stepped through by buttons and keys, on wide and narrow screens, without a network."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import pytest

import dlcore
from dlcore import layers, ops

from .course import T, X, network

PAGES = {
    "course": lambda: network().explain_step(X, T),
    "graph": lambda: dlcore.explain(lambda w, b: 1 / (1 + ops.exp(-(w * 1.0 + b))), [0.0, 0.0]),
}


def big_step(rows):
    model = dlcore.Sequential(
        [layers.Input((20,)), layers.Dense(64, "relu"), layers.Dropout(0.5), layers.Dense(3, "softmax")], name="<i>&"
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return model.explain_step(np.random.default_rng(0).standard_normal((rows, 20)), np.arange(rows) % 3)


@pytest.fixture(scope="module")
def browser():
    webdriver = pytest.importorskip("selenium.webdriver")
    for program in ("chromium", "chromedriver"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def opened(browser, tmp_path):
    """Opens what is explained, at a width; checks the console and the network at the end."""

    def opening(explained, width=1200, place=""):
        path = tmp_path / "page.html"
        explained.save(path)
        browser.set_window_size(width, 900)
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
        )
        browser.get("about:blank")
        browser.get(path.as_uri() + place)
        return browser

    yield opening
    assert browser.get_log("browser") == []
    sent = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [m["params"]["request"]["url"] for m in sent if m["method"] == "Network.requestWillBeSent"]
    assert all(url.startswith(("file:", "about:", "data:")) for url in urls)


def shown(page):
    script = """return {
        title: document.getElementById('frame-title').textContent,
        counter: document.getElementById('counter').textContent,
        phase: document.body.dataset.phase,
        formulas: [...document.querySelectorAll('#formulas li')].map(item => item.textContent),
        lines: Object.fromEntries([...document.querySelectorAll('svg text[id]')].map(t => [t.id, t.textContent])),
        active: [...document.querySelectorAll('svg .active')].map(each => each.id),
    }"""
    return page.execute_script(script)


def press(page, key):
    from selenium.webdriver import ActionChains, Keys

    ActionChains(page).send_keys(getattr(Keys, key)).perform()


def click(page, name):
    page.find_element("id", name).click()


def test_forward_and_backward_by_buttons(opened):
    page = opened(PAGES["course"]())
    first = shown(page)
    assert (first["phase"], first["counter"]) == ("forward", "1 / 10")
    assert first["lines"]["e1-0-0t"] == "w1 0.15"
    assert first["lines"]["n1-0a"] == ""
    seen = [first]
    for _ in range(9):
        click(page, "next")
        seen.append(shown(page))
    assert [frame["phase"] for frame in seen] == ["forward"] * 3 + ["loss"] + ["backward"] * 4 + ["update"] * 2
    assert seen[1]["lines"]["n1-0b"] == "out 0.5933"
    assert seen[3]["lines"]["n3-1c"] == "Σ: E 0.2984"
    assert (
        "∂E/∂w5 = ∂E/∂out₁ · ∂out₁/∂net₁ · ∂net₁/∂w5 = 0.74136507 · 0.186815602 · 0.593269992 = 0.082167041"
        in seen[5]["formulas"]
    )
    assert seen[5]["lines"]["e2-0-0t"] == "∂w5 0.08217"
    assert "e2-0-0" in seen[5]["active"]
    assert seen[9]["lines"]["e2-0-0t"] == "w5⁺ 0.3589"
    assert not page.find_element("id", "next").is_enabled()
    for frame in reversed(seen[:-1]):
        click(page, "previous")
        assert shown(page) == frame
    assert not page.find_element("id", "previous").is_enabled()


def test_arrow_keys_and_ends(opened):
    page = opened(PAGES["course"]())
    press(page, "ARROW_RIGHT")
    press(page, "ARROW_RIGHT")
    assert shown(page)["counter"] == "3 / 10"
    press(page, "ARROW_LEFT")
    assert shown(page)["counter"] == "2 / 10"
    press(page, "END")
    assert shown(page)["counter"] == "10 / 10"
    press(page, "ARROW_RIGHT")
    assert shown(page)["counter"] == "10 / 10"
    press(page, "HOME")
    assert shown(page)["counter"] == "1 / 10"


def test_phases_are_buttons_that_the_keyboard_reaches(opened):
    page = opened(PAGES["course"]())
    press(page, "TAB")
    press(page, "TAB")
    press(page, "TAB")
    press(page, "ENTER")
    assert shown(page)["phase"] == "backward"
    assert page.execute_script("return document.activeElement.getAttribute('aria-current')") == "true"


def test_a_place_in_the_address(opened):
    assert shown(opened(PAGES["course"](), place="#6"))["counter"] == "6 / 10"


def test_the_graph_is_stepped_through_too(opened):
    page = opened(PAGES["graph"]())
    assert "v1 = w · 1 = 0 · 1 = 0" in shown(page)["formulas"]
    press(page, "END")
    last = shown(page)
    assert last["phase"] == "backward"
    assert last["formulas"] == ["∂v6/∂w = ∂v6/∂v1 · ∂v1/∂w = 0.25 · 1 = 0.25"]
    assert last["lines"]["n0b"] == "∂ 0.25"


def test_each_row_of_a_small_batch_can_be_chosen(opened):
    step = big_step(3)
    page = opened(step)
    from selenium.webdriver.support.select import Select

    rows = Select(page.find_element("id", "row"))
    assert [option.text for option in rows.options] == ["row 0", "row 1", "row 2"]
    rows.select_by_index(2)
    assert "row 2 of 3" in shown(page)["title"]
    page.execute_script("document.activeElement.blur()")
    for _ in step.layers:
        press(page, "ARROW_RIGHT")
    assert shown(page)["lines"]["n3-0b"] == f"out {step.prediction[2, 0]:.4g}"


def test_a_large_batch_is_shown_as_means(opened):
    step = big_step(40)
    assert len(step.to_html()) < 80_000
    page = opened(step)
    assert not page.find_element("id", "row").is_displayed()
    assert "means over 40 rows" in shown(page)["title"]
    assert "<i>&" in page.find_element("tag name", "h1").text


@pytest.mark.parametrize("width", [360, 800, 1400])
@pytest.mark.parametrize("explained", [*PAGES.values(), lambda: big_step(3)], ids=[*PAGES, "big"])
def test_nothing_sticks_out(opened, width, explained):
    page = opened(explained(), width)
    frames = int(shown(page)["counter"].split("/")[1])
    for _ in range(frames):
        scrolled, inner = page.execute_script(
            "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert scrolled <= inner <= width
        press(page, "ARROW_RIGHT")


def contrast(page):
    """The contrast of the text with the paper, and of the boxes' text with the boxes, after WCAG."""
    script = """
        const body = getComputedStyle(document.body);
        const rect = getComputedStyle(document.querySelector('.node rect'));
        const text = getComputedStyle(document.querySelector('.node text'));
        const title = getComputedStyle(document.getElementById('frame-title'));
        return [[body.color, body.backgroundColor], [text.fill, rect.fill], [title.color, body.backgroundColor]]"""

    def light(colour):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for pair in page.execute_script(script):
        low, high = sorted(map(light, pair))
        yield (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_reads_in_light_and_dark(opened, scheme):
    page = opened(PAGES["course"]())
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    for _ in range(10):
        assert min(contrast(page)) >= 4.5
        press(page, "ARROW_RIGHT")


def test_the_page_needs_nothing_else():
    html = PAGES["course"]().to_html()
    assert not re.search(r"(?:src|href)=|@import|url\(|https?://(?!www\.w3\.org/2000/svg)", html)
    assert len(html) < 40_000


def test_saving(tmp_path):
    step = PAGES["course"]()
    step.save(tmp_path / "step.html")
    assert (tmp_path / "step.html").read_text("utf-8") == step.to_html()
    with pytest.raises(ValueError, match=r"must end in \.html"):
        step.save(tmp_path / "step.txt")
    with pytest.raises(FileNotFoundError):
        step.save(tmp_path / "nowhere" / "step.html")
    assert [path.name for path in tmp_path.iterdir()] == ["step.html"]
