"""What axe and the browser say of an open page."""

from __future__ import annotations

from importlib.resources import files

# Rows that are made as those above them: axe takes a minute for a table of hundreds.
FURTHER_ROWS = "tbody > tr:nth-child(n + 13)"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def run_axe(page) -> dict:
    """The result of axe's rules on an open page: passes, violations and incomplete checks."""
    script = files("axe_playwright_python") / "axe.min.js"
    page.add_script_tag(content=script.read_text(encoding="utf-8"))
    run = "([rows, rules]) => axe.run({exclude: [rows]}, {runOnly: rules})"
    return page.evaluate(run, [FURTHER_ROWS, RULES])


def axe_violations(page, least_passes: int) -> list[tuple]:
    """Rule, help and elements of each violation; asserts that enough rules applied at all."""
    result = run_axe(page)
    assert len(result["passes"]) >= least_passes
    return described(result["violations"])


def described(violations: list[dict]) -> list[tuple]:
    """Rule, help and elements of each."""
    return [
        (violation["id"], violation["help"], [node["html"][:200] for node in violation["nodes"]])
        for violation in violations
    ]


def loaded_addresses(page) -> list[str]:
    """What the page loaded besides itself and the charts in it."""
    first, *others = page.requested
    assert first.startswith("file:")
    return [address[:60] for address in others if not address.startswith("data:image/svg+xml")]
