"""Whether a page fits: nothing cut or beyond the edge, nothing too small for a thumb."""

from playwright.sync_api import Page

from tests.support.browser_walk import EnglishWalk, Walk

WORDS_BEYOND_THE_EDGE = """
() => {
  const unseen = ".visually-hidden, .govuk-visually-hidden, .trap, .skip";
  const edge = document.documentElement.clientWidth + 0.5;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.data.trim() || node.parentElement.closest(unseen)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      const isBeyond = box.width && (box.left < -0.5 || box.right > edge);
      if (isBeyond) found.push(`${node.data.trim().slice(0, 60)}: ${box.left} to ${box.right}`);
    }
  }
  return found;
}"""
SMALL_TARGETS = """
() => {
  const LEAST = [
    ["button:not(.button--link, .chip), .button:not(.button--link), .time, .act", 52],
    ["input, .govuk-radios__label, .govuk-checkboxes__label", 48],
    ["*", 24],
  ];
  const least = (element) => LEAST.find(([selector]) => element.matches(selector))[1];
  const field = "input:not([type=hidden], [type=radio], [type=checkbox])";
  const pressed = `a[href], button, ${field}, .govuk-radios__label, .govuk-checkboxes__label`;
  return [...document.querySelectorAll(pressed)]
    .filter((element) => !element.closest(".trap, .skip") && element.checkVisibility())
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([element, box]) => box.height + 0.5 < least(element) || box.width < 24)
    .map(([element, box]) =>
      `${element.textContent.trim().slice(0, 40)} .${element.className}: ${box.height} px`);
}"""


class FittingWalk(Walk):
    """A walk that measures each page instead of reading it."""

    def look(self) -> None:
        faults = words_beyond_the_edge(self.page) + small_targets(self.page)
        assert not faults, f"{self.page.url} ({self.heading}): {faults}"
        super().look()

    def faults(self) -> list[str]:
        return []


class FittingEnglishWalk(FittingWalk, EnglishWalk):
    """The same on the English pages, whose words are of other lengths."""


def words_beyond_the_edge(page: Page) -> list[str]:
    found: list[str] = page.evaluate(WORDS_BEYOND_THE_EDGE)
    return found


def small_targets(page: Page) -> list[str]:
    """Buttons under 52 px, fields and answers under 48, links and filters under 24."""
    found: list[str] = page.evaluate(SMALL_TARGETS)
    return found
