"""Prints tables of figures, and of ratios with their geometric mean and their lowest row."""

import statistics


def print_table(title, heads, rows):
    """Rows have a label and a cell for each head; a cell that is None stays empty, a row of such is left out."""
    rows = [(label, cells) for label, cells in rows if any(cells)]
    labels = max(len(label) for label, _ in [(title, None), *rows])
    widths = [
        max(9, len(head), *(len(cells[place] or "") for _, cells in rows), 0)
        for place, head in enumerate(heads)
    ]
    for label, cells in [(title, heads), *rows]:
        columns = (f"{cell or '':>{width}}" for cell, width in zip(cells, widths, strict=True))
        print(f"{label:{labels}}", *columns)
    print()


def number(value):
    """Three digits that count, or all of a large number."""
    if value is None:
        return None
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.4f}"


def print_ratios(title, pairs, rows):
    """Prints how many times as fast the first of each pair of columns is as the second.

    A row is a label and a dictionary of each column's figure, of which more is better.
    """
    ratios = _ratios(pairs, rows)
    if ratios:
        print_table(
            title,
            [f"{ours.name}/{other.name}" for ours, other in ratios],
            [(label, [number(of.get(label)) for of in ratios.values()]) for label, _ in rows],
        )


def print_means(what, pairs, rows):
    """Prints a line for each pair of columns: over all rows, and the lowest."""
    ratios = _ratios(pairs, rows)
    for (ours, other), of_rows in ratios.items():
        lowest = min(of_rows, key=lambda label: of_rows[label])
        print(
            f"{what}, {ours.name} to {other.name}: geometric mean of {len(of_rows)} rows"
            f" {statistics.geometric_mean(of_rows.values()):.3f},"
            f" lowest {of_rows[lowest]:.3f} ({lowest})"
        )
    if ratios:
        print()


def _ratios(pairs, rows):
    """For each pair the ratio of each row that has both figures; pairs without one are left out."""
    ratios = {}
    for ours, other in pairs:
        of_rows = {
            label: figures[ours] / figures[other]
            for label, figures in rows
            if figures.get(ours) and figures.get(other)
        }
        if of_rows:
            ratios[ours, other] = of_rows
    return ratios
