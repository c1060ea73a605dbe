"""Card: records that draw themselves in short, in a notebook and with `rich.print`."""

from __future__ import annotations

from typing import Any


class Card:
    """What a record says of itself in a caption and a few facts, drawn as a small table."""

    __slots__ = ()

    @property
    def caption(self) -> str:
        """The line above the facts."""
        raise NotImplementedError

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The record in short for people: terms with their values."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        from cdtref.pages.markup import card_html

        return card_html(self.caption, self.facts)

    def __rich__(self) -> Any:
        from cdtref.pages.markup import card_rich

        return card_rich(self.caption, self.facts)
