"""Measuring in turns, and what the rounds come to. Imported by the commands of bench/."""

import os
import statistics
import sys
import time
from pathlib import Path

from common import Failed


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


class Sharing:
    """A subject whose server and load generator have the same processors, and whatever else ran on them."""

    def __init__(self, subject, processors):
        self.name, self.subject, self.processors = subject.name, subject, processors

    def measure(self, arguments):
        """What the load generator says, and what part of the processors server and load generator had, and others."""
        begun, busy = time.monotonic(), self.busy_seconds()
        result = self.subject.measure(arguments)
        share = (self.busy_seconds() - busy) / (time.monotonic() - begun)
        each = result["calls_per_second"] / 1e6
        load, server = result["load_cpu_us_per_call"] * each, result["server_cpu_us_per_call"] * each
        return {**result, "processors": len(self.processors), "load_share": load, "server_share": server,
                "others_share": max(0, share - load - server)}

    def busy_seconds(self):
        """For how long the processors have worked for anybody, or for another machine on the same host."""
        names = {f"cpu{number}" for number in self.processors}
        ticks = 0
        for line in Path("/proc/stat").read_text().splitlines():
            name, *values = line.split()
            if name in names:
                user, nice, system, _, _, interrupts, soft_interrupts, stolen = map(int, values[:8])
                ticks += user + nice + system + interrupts + soft_interrupts + stolen
        return ticks / os.sysconf("SC_CLK_TCK")


def scaling(results):
    """How many times as much two workers do on two processors as one does on one.

    Either shares its processors with the load generator, in the same way, and nobody has one to spare for that: what
    it and others took is given back in proportion. What is left over because nobody had work for it is not.
    """
    def alone(result):
        left = result["processors"] - result["load_share"] - result["others_share"]
        if left < 0.02 * result["processors"]:
            raise Failed("load generator and others left next to nothing of the processors")
        return result["calls_per_second"] * result["processors"] / left
    return summary([alone(result["two"]) / alone(result["one"]) for result in results])
