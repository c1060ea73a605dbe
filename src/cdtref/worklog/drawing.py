"""
Work by period as a picture, by matplotlib (an extra): bars, and a survey's percentiles as bands
behind them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import attrs

from cdtref.errors import quoted_name
from cdtref.worklog.benchmark import PERCENTILES, Benchmark
from cdtref.worklog.periods import DAYS_A_YEAR, PERIODS, first_days, name_of

_MOST_BARS: Final = 1_000  # a screen has some two thousand columns of points
_MOST_NAMES: Final = 12  # below the bars
_MOST_LEVEL: Final = 6  # of them beside one another; more are written aslant
# A blue that stands off its bands for every kind of color vision; the middle band is the darkest.
_WIDTH: Final = 0.7
_BAR: Final = "#0b6177"
_ASIDE: Final = "#555555"
_BANDS: Final = ("#ececec", "#d9d9d9", "#d9d9d9", "#ececec")


@attrs.frozen
class Bars:
    """
    What is drawn.

    Attributes:
        unit: What the values are.
        period: The kind of period that a bar stands for.
        values: The work by the first day of each period, in order; none is none.
        span: The first and last day of the log.
        specialty: Whose work it is; None for all.
        left_out: How many entries of it have no value.
    """

    unit: str
    period: str
    values: Mapping[date, Decimal]
    span: tuple[date, date]
    specialty: str | None
    left_out: int

    @property
    def days(self) -> list[date]:
        """
        The first day of each period of the log, those without work too.

        Raises:
            ValueError: there is no such period, or there are more of them than anyone can see.
        """
        if self.period not in PERIODS:
            raise ValueError(
                f"no period {quoted_name(self.period)}; there are {', '.join(PERIODS)}"
            )
        found: list[date] = []
        for day in first_days(self.period, *self.span):
            if len(found) == _MOST_BARS:
                longer = "draw the log by a longer period"
                raise ValueError(f"more than {_MOST_BARS} bars, one a {self.period}; {longer}")
            found.append(day)
        return found

    @property
    def title(self) -> str:
        """What the picture shows, in a line."""
        if self.specialty:
            return f"{self.specialty}: {self.unit} by {self.period}"
        return f"{self.unit[:1].upper()}{self.unit[1:]} by {self.period}"


def draw(bars: Bars, benchmark: Benchmark | None, ax: Any) -> Any:
    """The bars on matplotlib's axes *ax*, on those of a new figure where it is None."""
    days = bars.days
    if ax is None:
        ax = _new_axes()
    if benchmark is not None and bars.specialty is not None:
        _draw_bands(ax, benchmark.figures(bars.specialty), _shares_of_year(days, bars.span))
    heights = [float(bars.values.get(day, 0)) for day in days]
    ax.bar(range(len(days)), heights, width=_WIDTH, color=_BAR, zorder=2)
    _name_periods(ax, [name_of(bars.period, day) for day in days])
    ax.set_ylabel(bars.unit)
    ax.set_title(bars.title.replace("$", r"\$"), loc="left")  # what stands between two is math
    if bars.left_out:
        told = f"not drawn: {bars.left_out} without a value"
        ax.set_xlabel(told, loc="right", color=_ASIDE, fontsize="small")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _name_periods(ax: Any, names: Sequence[str]) -> None:
    step = -(-len(names) // _MOST_NAMES)
    ax.set_xticks(range(0, len(names), step), names[::step])
    ax.tick_params(axis="x", length=0)
    if len(names) > _MOST_LEVEL:
        for label in ax.get_xticklabels():
            label.set(rotation=45, ha="right", rotation_mode="anchor")
    # One bar alone would fill the picture.
    margin = max(0.6, 3 - len(names))
    ax.set_xlim(-margin, len(names) - 1 + margin)


def require_matplotlib() -> None:
    """
    Nothing where matplotlib is installed.

    Raises:
        ImportError: it is not: the message names its extra.
    """
    try:
        import matplotlib as mpl  # noqa: F401
    except ImportError as error:
        raise ImportError('plots need their extra: pip install "cdtref[plots]"') from error


def _new_axes() -> Any:
    import matplotlib.pyplot as plt

    return plt.subplots(layout="constrained")[1]


def _shares_of_year(days: Sequence[date], span: tuple[date, date]) -> list[float]:
    """
    For each period the share of a year that its days within the log are: a log that begins on the
    15th has half a month to do the work of half a month.
    """
    first, last = span
    shares: list[float] = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        begin = max(day, first)
        # The log ends within the last period, at times on the last day that there is.
        length = (last - begin).days + 1 if following is None else (following - begin).days
        shares.append(length / DAYS_A_YEAR)
    return shares


def _draw_bands(ax: Any, figures: Sequence[Decimal], shares: Sequence[float]) -> None:
    """Each from edge to edge of a bar's place, since periods differ in their days."""
    edges = [place - 0.5 for place in range(len(shares) + 1)]
    heights = [_steps_of(figure, shares) for figure in figures]
    for (low, high), color in zip(pairwise(heights), _BANDS, strict=True):
        ax.fill_between(edges, low, high, step="post", color=color, linewidth=0, zorder=0)
    for percent, height in zip(PERCENTILES, heights, strict=True):
        # Over the bars too, so that one sees where in the bands they end.
        ax.step(edges, height, where="post", color="white", linewidth=1, alpha=0.7, zorder=3)
        beside = ("axes fraction", "data")
        style = {"xycoords": beside, "va": "center", "color": _ASIDE, "fontsize": "small"}
        ax.annotate(f"p{percent}", (1.01, max(height)), **style)


def _steps_of(figure: Decimal, shares: Sequence[float]) -> list[float]:
    """The height at each edge; matplotlib wants the last once more."""
    heights = [float(figure) * share for share in shares]
    return [*heights, heights[-1]]
