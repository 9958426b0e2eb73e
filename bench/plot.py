"""Draws charts of results as SVG: lines over a logarithmic axis.

    python -m bench.plot RESULT.json --out docs/images/throughput.svg

RESULT.json is what `innkeeper bench --json` or `python -m bench topologies --json` wrote: answers a
second, and the 99th percentile of their latency, over the number of connections.
"""

# ruff: noqa: T201 - a script that says what it wrote

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10
from pathlib import Path
from typing import NamedTuple

# Told apart by those who do not see all colours, too (Okabe and Ito).
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
WIDTH, HEIGHT = 360, 260
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 34, 40
LEGEND_LINE = 18
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#444}.title{font-weight:600}"
    ".axis{stroke:#999}.grid{stroke:#9996;stroke-width:.5}"
)

Points = Sequence[tuple[float, float]]


class Chart(NamedTuple):
    """Some lines over the same axes."""

    title: str
    across: str
    """What the horizontal axis counts, in powers of whatever its values are."""
    lines: Mapping[str, Points]
    """By name, the points of each line from left to right; all above zero."""
    logarithmic: bool = False
    """Whether the vertical axis is, too; it begins at zero otherwise."""


def draw(charts: Sequence[Chart]) -> str:
    """The charts side by side, with one legend below; equal names have equal colours."""
    names = list(dict.fromkeys(name for chart in charts for name in chart.lines))
    colours = dict(zip(names, COLOURS, strict=False))
    if len(colours) < len(names):
        raise ValueError(f"more than {len(COLOURS)} lines cannot be told apart")
    width = WIDTH * len(charts)
    height = HEIGHT + LEGEND_LINE * len(names) + 12
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img">',
        f"<title>{escape('; '.join(chart.title for chart in charts))}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" rx="8" fill="#fbfaf6"/>',
    ]
    for index, chart in enumerate(charts):
        parts.append(f'<g transform="translate({index * WIDTH} 0)">')
        parts += _chart(chart, colours)
        parts.append("</g>")
    for index, name in enumerate(names):
        y = HEIGHT + 10 + LEGEND_LINE * index
        parts.append(
            f'<path d="M{LEFT} {y}h24" stroke="{colours[name]}" stroke-width="2.5"/>'
            f'<text x="{LEFT + 32}" y="{y + 4}">{escape(name)}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _chart(chart: Chart, colours: Mapping[str, str]) -> list[str]:
    xs = sorted({x for line in chart.lines.values() for x, _ in line})
    ys = [y for line in chart.lines.values() for _, y in line]
    ticks = _decades(min(ys), max(ys)) if chart.logarithmic else _steps(max(ys))

    def across(x: float) -> float:
        share = (log10(x) - log10(xs[0])) / (log10(xs[-1]) - log10(xs[0]) or 1)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def up(y: float) -> float:
        low, high = ticks[0], ticks[-1]
        share = log10(y / low) / log10(high / low) if chart.logarithmic else y / high
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    parts = [f'<text class="title" x="{LEFT}" y="18">{escape(chart.title)}</text>']
    for tick in ticks:
        y = up(tick)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:,g}</text>')
    for x in xs:
        parts.append(
            f'<text x="{across(x):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">'
            f"{_short(x)}</text>"
        )
    parts.append(f'<path class="axis" d="M{LEFT} {HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text x="{middle}" y="{HEIGHT - BOTTOM + 32}" text-anchor="middle">'
        f"{escape(chart.across)}</text>"
    )
    for name, line in chart.lines.items():
        at = [f"{across(x):.1f} {up(y):.1f}" for x, y in line]
        parts.append(
            f'<path d="M{" L".join(at)}" fill="none" stroke="{colours[name]}" stroke-width="2"/>'
        )
        parts += [
            f'<circle cx="{point.split()[0]}" cy="{point.split()[1]}" r="3"'
            f' fill="{colours[name]}"/>'
            for point in at
        ]
    return parts


def _steps(most: float) -> list[float]:
    """Zero and four or more round numbers up to at least `most`."""
    size = 10 ** floor(log10(most))
    step = next(step for step in (0.25 * size, 0.5 * size, size, 2 * size) if most <= 5 * step)
    return [step * index for index in range(ceil(most / step) + 1)]


def _decades(least: float, most: float) -> list[float]:
    return [10.0**power for power in range(floor(log10(least)), ceil(log10(most)) + 1)]


def _short(x: float) -> str:
    for limit, unit in ((1_000_000, "M"), (10_000, "k")):
        if x >= limit:
            return f"{x / (1000 if unit == 'k' else limit):g}{unit}"
    return f"{x:g}"


def over_connections(result: Mapping[str, object]) -> list[Chart]:
    """The two charts of a result of `innkeeper bench`."""
    rates: dict[str, list[tuple[float, float]]] = {}
    tails: dict[str, list[tuple[float, float]]] = {}
    figures = result["figures"]
    assert isinstance(figures, list)
    for figure in figures:
        connections = figure["connections"]
        rates.setdefault(figure["side"], []).append((connections, figure["rate"]["median"]))
        tails.setdefault(figure["side"], []).append((connections, figure["latency"]["p99"]))
    return [
        Chart("Answers a second", "connections", rates),
        Chart("99th percentile, ms", "connections", tails, logarithmic=True),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench plot",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("result", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    result = json.loads(arguments.result.read_text())
    arguments.out.write_text(draw(over_connections(result)))
    print(f"wrote {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
