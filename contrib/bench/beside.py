"""What other commands of bench/ say of rows of the table."""

import json
import os
import re

from common import BENCH, tool

EXPRESSION = 'daysInactive > 5 and tier == "Gold"'


def language(rounds):
    """Of an expression: ratio to native Swift, and allocations of one evaluation."""
    output = tool(BENCH / "language/run", rounds).decode()
    line = next(line for line in output.splitlines() if line.endswith(" " + EXPRESSION))
    numbers = re.findall(r"[0-9.]+", line.removesuffix(EXPRESSION))
    return {"ratio": float(numbers[0]), "native_ns": float(numbers[1]), "ours_ns": float(numbers[2]),
            "allocations": float(numbers[4])}


def engine(rounds):
    """Of the engine without a socket, by what is done: nanoseconds, ratio and allocations; None where nobody measures it."""
    if not os.access(BENCH / "engine/run", os.X_OK):
        return None
    return {row["name"]: row for row in json.loads(tool(BENCH / "engine/run", "--json", rounds))["rows"]}


def fairness(programs, rounds, seconds):
    """By how many milliseconds the p99 of light calls rises beside trees at the fuel limit, by round."""
    command = [BENCH / "fairness/run", "--bin", programs, "--rounds", rounds, "--seconds", seconds, "--cases", "a",
               "--json"]
    return json.loads(tool(*command))[0]["p99_rise_ms_by_round"]
