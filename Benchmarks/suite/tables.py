"""Tables for the terminal that are Markdown too, so that they can be copied into docs/measurements.md."""

from __future__ import annotations

from collections.abc import Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column to the left, the others to the right."""
    widths = [max(3, *(len(row[column]) for row in [header, *rows])) for column in range(len(header))]

    def line(cells: Sequence[str]) -> str:
        padded = [cell.ljust(width) if column == 0 else cell.rjust(width) for column, (cell, width) in enumerate(zip(cells, widths))]
        return "| " + " | ".join(padded) + " |"

    ruler = ["-" * width if column == 0 else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
    return "\n".join([line(header), line(ruler), *map(line, rows)])


def number(value: float | None, places: int, unit: str = "") -> str:
    """A figure, or a dash where there is none."""
    return "–" if value is None else f"{value:.{places}f}{unit}"


def signed(value: float | None, places: int, unit: str = "") -> str:
    """A figure whose sign says something."""
    return "–" if value is None else f"{value:+.{places}f}{unit}"
