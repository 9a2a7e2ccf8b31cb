"""The page in a notebook's cell: the report in a frame of its own, kept in the saved file."""

from __future__ import annotations

import html
from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class View:
    """A page that a notebook shows where this is a cell's value.

    Attributes:
        page: the page's HTML, whole.
        height: of the frame, in pixels.
    """

    page: str
    height: int = 900

    def _repr_html_(self) -> str:
        # The frame may run its own script, and reach nothing of the notebook around it.
        return (
            f'<iframe sandbox="allow-scripts" title="Classlens" srcdoc="{html.escape(self.page)}" '
            f'style="width: 100%; height: {self.height}px; border: 0;"></iframe>'
        )

    def __repr__(self) -> str:
        return f"View(a page of {len(self.page):,} characters, for a notebook's cell)"
