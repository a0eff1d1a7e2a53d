"""What is expected of a curve, to be drawn beside what was measured."""

from math import exp, log


def sampled(points, law):
    """A law at many places between the first point and the last, so that it is a line where axes are logarithmic."""
    first, last = points[0][0], points[-1][0]
    count = 60
    return [[x, law(x)] for x in (first * (last / first) ** (index / count) for index in range(count + 1))]


def constant(points):
    level = points[0][1]
    return {"name": "constant", "points": sampled(points, lambda x: level)}


def affine(points, unit="", up_to=None):
    """A fixed part and so much for each, as the points up to some place say it."""
    fixed, each = fitted([row for row in points if up_to is None or row[0] <= up_to], lambda x: x)
    return {"name": f"{text(fixed)} + {text(each)} · n {unit}".rstrip(),
            "points": sampled(points, lambda x: fixed + each * x)}


def shared(points):
    """A part of its own, and one that all n share."""
    own, common = fitted(points, lambda x: 1 / x)
    return {"name": f"{text(own)} + {text(common)} ÷ n", "points": sampled(points, lambda x: own + common / x)}


def fitted(points, part):
    """The two parts of fixed + each · part(x), so that relative errors are least."""
    rows = [(1 / y, part(x) / y) for x, y, *_ in points]
    # Normal equations of fixed / y + each * part / y = 1.
    a11 = sum(one * one for one, _ in rows)
    a12 = sum(one * other for one, other in rows)
    a22 = sum(other * other for _, other in rows)
    b1, b2 = sum(one for one, _ in rows), sum(other for _, other in rows)
    determinant = a11 * a22 - a12 * a12
    fixed = (b1 * a22 - b2 * a12) / determinant
    each = (a11 * b2 - a12 * b1) / determinant
    if fixed < 0:
        # A fixed part is none that is less than nothing: then it is proportional.
        fixed, each = 0, b2 / a22
    return fixed, each


def table(name, rows):
    """A law that is known at the points alone."""
    return {"name": name, "points": rows}


def text(value):
    return f"{value:.3g}" if abs(value) >= 1e-4 else f"{value:.1e}"


def at(law, x):
    """A law's value, between two of its points by their logarithms' straight line."""
    from math import exp, log
    points = law["points"]
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if x0 * 0.999999 <= x <= x1 * 1.000001:
            share = log(x / x0) / log(x1 / x0) if x1 > x0 else 0
            return exp(log(y0) + share * (log(y1) - log(y0)))
    return points[0][1]
