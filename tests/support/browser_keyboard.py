"""A visit with the keyboard alone: Tab, arrows, Space, Enter; each stop must show where one is."""

from playwright.sync_api import Locator

from tests.support.browser_walk import Walk

MOST_STOPS = 60
IS_HERE = "target => target === document.activeElement"
UNSEEN_FOCUS = """
() => {
  const ring = (element) => {
    const style = getComputedStyle(element);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 3)
      || /\\b([3-9]|\\d\\d)px/.test(style.boxShadow);
  };
  const here = document.activeElement;
  const box = here.getBoundingClientRect();
  const isSeen = box.width > 8 && box.height > 8 && box.bottom > 0 && box.top < innerHeight;
  const isShown = isSeen && [here, here.parentElement].some(ring);
  return isShown ? "" : here.outerHTML.slice(0, 120);
}"""


class KeyboardWalk(Walk):
    """Nothing here clicks: what the keyboard cannot reach is not reached."""

    def _press(self, target: Locator) -> None:
        self._reach(target)
        self._go(lambda: self.page.keyboard.press("Enter"))

    def _check(self, target: Locator) -> None:
        if target.get_attribute("type") == "checkbox":
            self._reach(target)
            self.page.keyboard.press("Space")
            return
        name = target.get_attribute("name")
        group = self.main.locator(f"input[name={name}]")
        ticked = self.main.locator(f"input[name={name}]:checked")
        self._reach(ticked.first if ticked.count() else group.first)
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if target.evaluate(IS_HERE):
                break
            self.page.keyboard.press("ArrowDown")
            self._check_focus_shows()
        assert target.is_checked()

    def _fill(self, target: Locator, text: str) -> None:
        self._reach(target)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def _reach(self, target: Locator) -> None:
        """Tab until the focus is there; on a new page, over the header by the skip link."""
        if self.page.evaluate("document.activeElement === document.body"):
            self._skip_to_the_content()
        for _ in range(MOST_STOPS):
            if target.evaluate(IS_HERE):
                return
            self.page.keyboard.press("Tab")
            self._check_focus_shows()
        raise AssertionError(f"Tab does not lead to {target} on {self.page.url}")

    def _skip_to_the_content(self) -> None:
        self.page.keyboard.press("Tab")
        skip = self.page.get_by_role("link", name=self._named("Aller au contenu"))
        assert skip.evaluate(IS_HERE), "the first stop is not the skip link"
        self._check_focus_shows()
        self.page.keyboard.press("Enter")
        assert self.main.evaluate(IS_HERE), "the skip link does not lead to the content"

    def _check_focus_shows(self) -> None:
        unseen = self.page.evaluate(UNSEEN_FOCUS)
        assert not unseen, f"nobody sees that the focus is on {unseen}"
