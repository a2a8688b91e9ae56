"""What elements look like, so that two pages can be compared property by property."""

import json
from dataclasses import dataclass

from playwright.sync_api import Locator

Style = dict[str, str]


@dataclass(frozen=True)
class Look:
    """An element, and its computed style with those of its `::before` and `::after`, where it has them."""

    what: str
    styles: tuple[Style | None, ...]


# Left out: what the room decides, and what lies inside a chart, where the host's version of Recharts draws.
_READ = """
(root) => {
  const ROOM = /(^|-)(width|height|size|origin|left|right|top|bottom|inset|inset-.*|margin-.*|template-.*)$/;
  const KEPT = /^(min|max|border|outline|padding|font|column-rule|mask|stroke)-/;
  const GIVEN = /^(--|-webkit-locale$)/;
  const names = [...getComputedStyle(root)].filter(
    (name) => KEPT.test(name) || !(ROOM.test(name) || GIVEN.test(name)));
  const styles = [], numbers = new Map();
  const read = (element, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    if (pseudo && style.content === 'none') return null;
    const values = names.map((name) => style.getPropertyValue(name));
    const key = values.join(';');
    if (!numbers.has(key)) numbers.set(key, styles.push(values) - 1);
    return numbers.get(key);
  };
  const elements = [root, ...root.querySelectorAll('*')].filter((element) => !element.closest('.recharts-wrapper *'));
  return JSON.stringify({names, styles, elements: elements.map((element) => [
    `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`,
    ['', '::before', '::after'].map((pseudo) => read(element, pseudo)),
  ])});
}
"""


def looks(root: Locator) -> list[Look]:
    """Every element from here on down."""
    found = json.loads(root.evaluate(_READ))
    styles = [dict(zip(found["names"], values, strict=True)) for values in found["styles"]]
    return [
        Look(what, tuple(None if number is None else styles[number] for number in numbers))
        for what, numbers in found["elements"]
    ]


def differences(expected: list[Look], found: list[Look]) -> set[str]:
    """What is not alike, as sentences."""
    if [look.what for look in expected] != [look.what for look in found]:
        return {f"other elements: {len(found)} instead of {len(expected)}"}
    return {
        sentence
        for one, other in zip(expected, found, strict=True)
        if one.styles != other.styles
        for before, after in zip(one.styles, other.styles, strict=True)
        for sentence in _changes(one.what, before or {}, after or {})
    }


def _changes(what: str, before: Style, after: Style) -> list[str]:
    return [
        f"{what}: {name} is {after.get(name)}, not {before.get(name)}"
        for name in before | after
        if before.get(name) != after.get(name)
    ]
