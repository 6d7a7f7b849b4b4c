"""Reads the page as somebody does: by what can be seen of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

SECONDS = 30


class Reader:
    def __init__(self, browser: Chrome) -> None:
        self.browser = browser

    def all(self, css: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, css)

    def seen(self, css: str) -> list[WebElement]:
        return [each for each in self.all(css) if each.is_displayed()]

    def one(self, css: str) -> WebElement:
        (found,) = self.seen(css)
        return found

    def script(self, text: str, *words: object) -> Any:
        return self.browser.execute_script(text, *words)

    def press(self, *keys: str) -> None:
        """Keys go to whatever has the focus."""
        for key in keys:
            ActionChains(self.browser).send_keys(key).perform()

    def wait(self, condition: Callable[[], object]) -> None:
        WebDriverWait(self.browser, SECONDS, 0.02).until(lambda _: condition())

    def cases(self) -> list[str]:
        """The cases of the matrix that are shown."""
        return self.script(
            "return [...document.querySelectorAll('tr.case')].filter(row => row.checkVisibility())"
            ".map(row => row.dataset.id)"
        )

    def count(self) -> str:
        return self.one("#shown").text

    def marked(self) -> str | None:
        """The case of the matrix that the keys are at."""
        rows = self.seen("tr.case.at")
        assert len(rows) < 2
        return rows[0].get_attribute("data-id") if rows else None

    def case(self) -> str | None:
        """The case whose page is shown."""
        pages = self.seen("article")
        assert len(pages) < 2
        assert bool(pages) != bool(self.seen("#list"))
        return pages[0].get_attribute("id") if pages else None

    def shows(self, case: str | None) -> None:
        """Waits for the page of this case, or for the matrix."""
        self.wait(lambda: self.case() == case)

    def open(self, case: str) -> None:
        self.script("location.hash = encodeURIComponent(arguments[0])", case)
        self.shows(case)

    def unfold(self) -> None:
        """Opens all that can be folded."""
        self.script("document.querySelectorAll('details').forEach(each => each.open = true)")
