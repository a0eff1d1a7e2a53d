"""Points that are measured in turns, and what came of them."""

import statistics
import sys


def measured(rounds, subjects):
    """What each subject gave in each round: {key: [result, …]}.

    Who begins changes with each round, so that none always finds the same machine.
    """
    results = {key: [] for key, _ in subjects}
    for number in range(rounds):
        for key, measure in (subjects if number % 2 == 0 else subjects[::-1]):
            results[key].append(measure())
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return results


def points(results, series, column, reference=None):
    """The points of one series: place, median, least and most of the rounds.

    With a reference, the ratio to its result of the same round, so that what the machine did to both falls out.
    """
    rows = []
    for (name, x), rounds in results.items():
        if name != series:
            continue
        values = [one[column] for one in rounds]
        if reference is not None:
            values = [one / other[column] for one, other in zip(values, results[reference])]
        rows.append([x, statistics.median(values), min(values), max(values)])
    return sorted(rows)


def median(results, key, column):
    return statistics.median(one[column] for one in results[key])


def line(name, rows, law=None):
    return {"name": name, "points": rows, "law": law}
