"""The page of a conformance report in a real browser: what conformance/README.md says of it."""

from __future__ import annotations

import pytest
from selenium.webdriver import Keys

DIFFERS = "plain#2"
# How the lightness of each text compares with that of what is behind it, as WCAG has it.
CONTRASTS = """
const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
const back = element => {
  for (; element; element = element.parentElement) {
    const found = numbers(getComputedStyle(element).backgroundColor);
    if (found.length === 3 || found[3] === 1) return found;
  }
  return [255, 255, 255];
};
const found = [];
for (const element of document.querySelectorAll("body, body *:not(script, style)")) {
  const own = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  if (element !== document.body && !(own && element.checkVisibility())) continue;
  const [dark, light] = [numbers(getComputedStyle(element).color), back(element)].map(luminance).sort((a, b) => a - b);
  found.push([element.outerHTML.slice(0, 80), (light + .05) / (dark + .05)]);
}
return found;
"""
# What reaches out of the window, and not of something that scrolls.
WIDE = """
const width = document.documentElement.clientWidth;
const scrolls = element => { for (let e = element.parentElement; e; e = e.parentElement)
  if (getComputedStyle(e).overflowX !== "visible") return true; return false; };
return [...document.querySelectorAll("body *")].filter(each => each.checkVisibility() && !scrolls(each)
  && each.getBoundingClientRect().right > width + .5).map(each => each.outerHTML.slice(0, 120));
"""


def test_a_cell_for_each_case_and_column(page, verdicts):
    assert [each.text for each in page.seen(".matrix th")] == ["case", "cpython", "cpython+legacy"]
    cells = page.script(
        "return [...document.querySelectorAll('tr.case')].map(row =>"
        " [row.dataset.id, [...row.querySelectorAll('td .v')].map(one => one.innerText)])"
    )
    assert dict(cells) == verdicts
    assert page.cases() == list(verdicts)
    assert page.count() == f"{len(verdicts)} of {len(verdicts)} cases"
    assert page.one("h1").text == page.browser.title == "Conformance: failed"


def test_notes_are_text_and_not_html(page):
    page.open("plain#1")
    assert page.one("article pre").text == "print('<b>the same</b> & more')"
    assert not page.all("article b i, td.out b")


def test_filter_by_verdict(page, verdicts):
    for verdict in sorted({each for some in verdicts.values() for each in some}):
        expected = [case for case, some in verdicts.items() if verdict in some]
        (button,) = page.all(f"button[data-verdict='{verdict}']")
        assert button.text == f"{verdict} {len(expected)}"
        button.click()
        assert page.cases() == expected
        assert page.count() == f"{len(expected)} of {len(verdicts)} cases"
        assert [each.text for each in page.all("button[aria-pressed=true]")] == [button.text]
    page.one("button[data-verdict='*']").click()
    assert page.cases() == [case for case, some in verdicts.items() if len(set(some)) > 1]
    page.one("button[data-verdict='']").click()
    assert page.cases() == list(verdicts)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("needle", ["plain#4"]),  # code
        ("NEEDLE  haystack", ["plain#4"]),
        ("coroutine attributeerror", ["plain#5"]),  # code and output
        ("plain#3", ["plain#3"]),
        ("nothing has this", []),
    ],
)
def test_search(page, verdicts, words, found):
    page.one("#search").click()
    page.press(words)
    page.wait(lambda: page.cases() == found)
    assert page.count() == f"{len(found)} of {len(verdicts)} cases"


def test_search_within_a_verdict(page):
    page.one("button[data-verdict='same']").click()
    page.one("#search").click()
    page.press("asyncio")
    page.wait(lambda: len(page.cases()) == 2)


def test_keys_move_and_open(page, verdicts):
    cases = list(verdicts)
    assert page.marked() is None
    page.press("j")
    assert page.marked() == cases[0]
    page.press("j", "j", "k")
    assert page.marked() == cases[1]
    page.press("k", "k", "k")
    assert page.marked() == cases[0]
    page.press("j", Keys.ENTER)
    page.shows(cases[1])
    page.press("j")
    page.shows(cases[2])
    page.press("k", "k")
    page.shows(cases[0])
    page.press(Keys.ESCAPE)
    page.shows(None)
    assert page.marked() == cases[0]


def test_n_goes_to_the_next_that_fails(page, verdicts):
    first, second = (case for case, some in verdicts.items() if "differs" in some)
    page.press("n")
    assert page.marked() == first
    page.press(Keys.ENTER)
    page.shows(first)
    page.press("n")
    page.shows(second)
    page.press("n")
    assert page.case() == second


def test_slash_searches_and_escape_empties(page, verdicts):
    page.press("/")
    assert page.browser.switch_to.active_element == page.one("#search")
    page.press("jnk/")
    assert page.one("#search").get_property("value") == "jnk/"
    assert page.cases() == []
    page.press(Keys.ESCAPE)
    assert page.one("#search").get_property("value") == ""
    assert page.cases() == list(verdicts)
    page.press("/", "needle", Keys.ENTER)
    assert page.marked() == "plain#4"
    page.press(Keys.ENTER)
    page.shows("plain#4")
    page.press("/")
    page.shows(None)
    assert page.browser.switch_to.active_element == page.one("#search")


@pytest.mark.parametrize("height", [800, 300])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_marked_row_is_in_sight(opened, verdicts, width, height):
    page = opened(width, height)
    for key in "jk":
        for _ in verdicts:
            page.press(key)
            assert page.script(
                "const [bar, row] = ['.bar', '.at'].map(css => document.querySelector(css).getBoundingClientRect());"
                "return row.top > bar.bottom - 1 && row.bottom < innerHeight + 1"
            ), page.marked()


def test_tab_reaches_a_case_and_enter_opens_it(page, verdicts):
    page.one("#search").click()
    for _ in range(20):
        page.press(Keys.TAB)
        if page.browser.switch_to.active_element.tag_name == "a":
            break
    assert page.script("return getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.press(Keys.ENTER)
    page.shows(next(iter(verdicts)))


@pytest.mark.parametrize("back", ["button", "key", "history"])
@pytest.mark.parametrize("width", [1280, 390])
def test_there_and_back(opened, verdicts, back, width):
    page = opened(width)
    for case in ("plain#3", next(iter(verdicts)), "talk#40"):
        (row,) = [each for each in page.all("tr.case") if each.get_attribute("data-id") == case]
        page.script("arguments[0].scrollIntoView({block: 'center'})", row)
        place = page.script("return scrollY")
        row.find_element("tag name", "a" if back == "history" else "td").click()
        page.shows(case)
        assert page.script("return scrollY") == 0
        assert page.browser.title == case
        if back == "button":
            page.one("button[data-go=back]").click()
        elif back == "key":
            page.press(Keys.ESCAPE)
        else:
            page.browser.back()
        page.shows(None)
        page.wait(lambda place=place: page.script("return scrollY") == place)
        assert page.cases() == list(verdicts)
        assert page.browser.title == "Conformance: failed"


def test_previous_and_next(page, verdicts):
    page.one("button[data-verdict='same-failure']").click()
    page.seen("tr.case td")[0].click()
    page.shows("plain#3")
    page.one("button[data-go='1']").click()
    page.shows("plain#5")
    page.one("button[data-go='-1']").click()
    page.shows("plain#3")


def test_a_link_to_a_case(page, report, verdicts):
    for case in (next(iter(verdicts)), DIFFERS):
        (row,) = [each for each in page.all("tr.case") if each.get_attribute("data-id") == case]
        address = row.find_element("tag name", "a").get_property("href")
        page.browser.get("about:blank")
        page.browser.get(address)
        page.shows(case)
        page.browser.get(report.as_uri())


@pytest.mark.parametrize("width", [1280, 390])
def test_the_difference_is_marked(opened, width):
    page = opened(width)
    page.open(DIFFERS)
    for column in page.seen("section.column"):
        reference, bridge = (
            [cell.text for cell in column.find_elements("css selector", f".changed td:{side} mark")]
            for side in ("first-child", "last-child")
        )
        assert (reference, bridge) == (["asyncio.unix_events"] * 2, ["javaloop"] * 2)
        left, right = column.find_elements("css selector", "tr.changed td")[:2]
        assert left.text == "made by asyncio.unix_events here"
        assert right.text == "made by javaloop here"
        assert left.rect["y"] == right.rect["y"]
        assert left.rect["x"] + left.rect["width"] <= right.rect["x"] + 1
        same, changed = (
            page.script("return getComputedStyle(arguments[0]).backgroundColor", row)
            for row in column.find_elements("css selector", ".sides tbody tr")[:2]
        )
        assert same != changed
        (mark,) = left.find_elements("tag name", "mark")
        assert page.script("return getComputedStyle(arguments[0]).backgroundColor", mark) != changed


@pytest.mark.parametrize("width", [1280, 390])
def test_bars_of_time(opened, verdicts, width):
    page = opened(width)
    page.open(next(iter(verdicts)))  # which sleeps
    bars = page.seen(".times i")
    assert len(bars) == 2 * len(page.seen("section.column"))
    for pair in zip(bars[::2], bars[1::2], strict=True):
        short, long = sorted(bar.size["width"] for bar in pair)
        assert long > 100
        assert long / 4 < short <= long, "both slept for the same time"
    seconds = [each.text.split()[-2] for each in page.seen(".times span")]
    assert all(float(each) > 0.15 for each in seconds), "half of what they slept for"


def test_every_run_and_its_times(page):
    """Also where no times are compared, because something else differs."""
    page.open(DIFFERS)
    page.unfold()
    for column in page.seen("section.column"):
        rows = column.find_elements("css selector", "details tbody tr")
        texts = [each.text.split() for each in rows]
        assert {side for side, *_ in texts} == {"reference", "bridge"}
        assert all(words[1:3] == ["exit", "0"] and float(words[3]) > 0 for words in texts)


def test_nothing_is_wider_than_the_window(opened, verdicts):
    for width in (390, 1280):
        page = opened(width)
        for case in (None, *(each for each in verdicts if not each.startswith("talk"))):
            if case is not None:
                page.open(case)
            page.unfold()
            assert page.script(WIDE) == [], case
            assert page.script("return document.scrollingElement.scrollWidth") <= width
            assert page.script("return innerWidth") == width  # a phone zooms out of what is wider


@pytest.mark.parametrize("width", [1280, 390])
def test_light_and_dark_can_be_read(opened, verdicts, width):
    page = opened(width)
    colours = {}
    for scheme in ("light", "dark"):
        page.browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
        )
        for case in (None, *(each for each in verdicts if not each.startswith("talk"))):
            if case is None:
                page.script("location.hash = ''")
                page.shows(None)
                page.press("j")
            else:
                page.open(case)
            page.unfold()
            pale = [(text, ratio) for text, ratio in page.script(CONTRASTS) if ratio < 4.5]
            assert pale == []
        colours[scheme] = page.script(
            "const {color, backgroundColor} = getComputedStyle(document.body); return [color, backgroundColor]"
        )
    assert colours["light"][0] != colours["dark"][0]
    assert colours["light"][1] != colours["dark"][1]
