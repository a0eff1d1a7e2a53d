"""Measuring in turns, and what the rounds come to. Imported by the commands of bench/."""

import statistics
import sys


def in_turns(subjects, arguments, rounds, seconds):
    """The results of each round, by subject's name."""
    results = []
    for number in range(rounds):
        # Who begins changes with each round, so that nobody always finds the cooler machine.
        first = number % len(subjects)
        turn = subjects[first:] + subjects[:first]
        results.append({
            subject.name: subject.measure([*arguments, "--seconds", str(seconds)]) for subject in turn})
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return results


def summary(values):
    """The median of the rounds, and how far they lie apart."""
    values = [float(value) for value in values]
    return {"median": statistics.median(values), "least": min(values), "most": max(values), "rounds": values}
