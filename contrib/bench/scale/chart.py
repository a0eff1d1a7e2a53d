"""Curves as SVG with logarithmic axes, readable on light and on dark ground."""

from html import escape
from math import ceil, floor, log10

WIDTH, LEFT, RIGHT, PLOT, TITLE, AXIS, ROW = 760, 66, 18, 250, 30, 48, 18
# Okabe and Ito's colours, which colour-blind readers tell apart; lighter on dark ground.
LIGHT = ["#0072b2", "#c04d00", "#007a58", "#a8477f"]
DARK = ["#5cb8f0", "#f5944f", "#3fd0a3", "#ec9cc8"]
# An axis covers at least this factor, so that noise does not look like a law.
LEAST_FACTOR = 6


def style():
    def series(colours):
        return "".join(f".s{index}{{stroke:{colour};fill:{colour}}}" for index, colour in enumerate(colours))
    return ("<style>text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:#24292f}"
            ".title{font-size:14px;font-weight:600}.ground{fill:#ffffff}.grid{stroke:#d8dee4}.frame{stroke:#8c959f}"
            f"{series(LIGHT)}"
            ".line{fill:none;stroke-width:2}.law{fill:none;stroke-width:1.5;stroke-dasharray:6 5;opacity:.75}"
            ".bar{stroke-width:1;opacity:.6}.dot{stroke:none}"
            "@media(prefers-color-scheme:dark){text{fill:#d6dce3}.ground{fill:#0d1117}.grid{stroke:#2a313a}"
            f".frame{{stroke:#6e7681}}{series(DARK)}"
            ".line,.law{fill:none}.dot{stroke:none}}</style>")


class Axis:
    """A logarithmic axis from `least` to `most`, at `start` to `end` of the picture."""

    def __init__(self, values, start, end, least_factor=1):
        low, high = log10(min(values)), log10(max(values))
        missing = log10(least_factor) - (high - low)
        if missing > 0:
            low, high = low - missing / 2, high + missing / 2
        margin = 0.03 * (high - low)
        self.low, self.high, self.start, self.end = low - margin, high + margin, start, end

    def at(self, value):
        return self.start + (log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self):
        """Powers of ten; where those are few, their doubles and fivefolds too."""
        for factors in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)):
            found = [factor * 10.0 ** power for power in range(floor(self.low), ceil(self.high) + 1)
                     for factor in factors if self.low <= log10(factor) + power <= self.high]
            if len(found) >= 4:
                break
        return found


def label(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def rounded(value):
    return f"{value:.1f}".removesuffix(".0")


def way(points, x, y):
    return " ".join(f"{rounded(x.at(row[0]))},{rounded(y.at(row[1]))}" for row in points)


def legend_rows(panel):
    return [(index, series["name"], law) for index, series in enumerate(panel["series"])
            for law in ([False, True] if series["law"] else [False])]


def legend(panel, top):
    """What each line is, in two columns: what was measured, and beside it what is expected."""
    out, row = [], -1
    for index, name, is_law in legend_rows(panel):
        if not is_law:
            row += 1
        x, y = (LEFT + 330 if is_law else LEFT), top + ROW * row
        text = panel["series"][index]["law"]["name"] if is_law else name
        out.append(f'<line class="{"law" if is_law else "line"} s{index}" x1="{x}" y1="{y}" x2="{x + 28}" y2="{y}"/>')
        if not is_law:
            out.append(f'<circle class="dot s{index}" cx="{x + 14}" cy="{y}" r="3.2"/>')
        out.append(f'<text x="{x + 36}" y="{y + 4}">{escape(("expected: " if is_law else "") + text)}</text>')
    return out, ROW * (row + 1)


def panel_svg(panel, top, x_values, x_label):
    rows, height = legend(panel, top + TITLE + 6)
    plot_top = top + TITLE + height + 8
    x = Axis(x_values, LEFT + 8, WIDTH - RIGHT - 8)
    y_values = [value for series in panel["series"] for row in series["points"] for value in row[1:]]
    y_values += [row[1] for series in panel["series"] if series["law"] for row in series["law"]["points"]]
    y = Axis(y_values, plot_top + PLOT, plot_top, LEAST_FACTOR)
    out = [f'<text class="title" x="{LEFT}" y="{top + 18}">{escape(panel["y"])}</text>', *rows]
    for tick in y.ticks():
        at = rounded(y.at(tick))
        out.append(f'<line class="grid" x1="{LEFT}" y1="{at}" x2="{WIDTH - RIGHT}" y2="{at}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{rounded(y.at(tick) + 4)}" text-anchor="end">{label(tick)}</text>')
    bottom = plot_top + PLOT
    for tick in x.ticks() if len(x_values) > 4 else x_values:
        at = rounded(x.at(tick))
        out.append(f'<line class="grid" x1="{at}" y1="{plot_top}" x2="{at}" y2="{bottom}"/>')
        out.append(f'<text x="{at}" y="{bottom + 17}" text-anchor="middle">{label(tick)}</text>')
    out.append(f'<rect class="frame" fill="none" x="{LEFT}" y="{plot_top}" width="{WIDTH - LEFT - RIGHT}" '
               f'height="{PLOT}"/>')
    for index, series in enumerate(panel["series"]):
        if series["law"]:
            out.append(f'<polyline class="law s{index}" points="{way(series["law"]["points"], x, y)}"/>')
    for index, series in enumerate(panel["series"]):
        out.append(f'<polyline class="line s{index}" points="{way(series["points"], x, y)}"/>')
        for at, middle, least, most in series["points"]:
            cx = rounded(x.at(at))
            if most > least:
                out.append(f'<line class="bar s{index}" x1="{cx}" y1="{rounded(y.at(least))}" x2="{cx}" '
                           f'y2="{rounded(y.at(most))}"/>')
            out.append(f'<circle class="dot s{index}" cx="{cx}" cy="{rounded(y.at(middle))}" r="3.2"/>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{bottom + 36}" text-anchor="middle">'
               f'{escape(x_label)}</text>')
    return out, bottom + AXIS


def svg(curve):
    """The picture of a curve: its panels below one another, all with the same horizontal axis."""
    x_values = sorted({row[0] for panel in curve["panels"] for series in panel["series"] for row in series["points"]})
    out, top = [], 6
    for panel in curve["panels"]:
        rows, top = panel_svg(panel, top, x_values, curve["x"])
        out += rows
        top += 10
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" width="{WIDTH}" height="{top}" '
            f'role="img" aria-label="{escape(curve["title"], quote=True)}">')
    return "\n".join([head, f"<title>{escape(curve['title'])}</title>", style(),
                      f'<rect class="ground" width="{WIDTH}" height="{top}"/>', *out, "</svg>"]) + "\n"
