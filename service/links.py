"""The addresses of our own pages: the one place that builds them, whatever a note is called."""

from __future__ import annotations

from urllib.parse import quote


def note(base_url: str, document: str, lines: tuple[int, int], fact: str = "") -> str:
    """Where the cited lines of a note can be read; a `fact` stays right when lines have moved."""
    first, last = lines
    at = f"{base_url}/documents/{_part(document)}?lines={first}-{last}"
    return f"{at}&fact={fact}" if fact else at


def page(document: str) -> str:
    """Where the web page shows a note."""
    return f"#/read/{_part(document)}"


def image(document: str, target: str) -> str:
    """Where the page gets an image that a note refers to."""
    return f"/read/{_part(document)}/images?src={_part(target)}"


def _part(text: str) -> str:
    return quote(text, safe="")
