"""The table of performance: what is measured for it, and its rows. Imported by the command."""

import statistics
import tempfile
from pathlib import Path

from answers import NUMBER, check, encode, requests_for_peers
from beside import engine, fairness, language
from common import BUILD
from costs import counts, life
from peers import build_peers
from rounds import Sharing, in_turns, scaling, summary
from rows import row, rows_of_calls
from servers import CORES, SERVER_CORE, Daemon, Server, Servers, Subject

CONNECTIONS = 64
MODES = {"one": [], "sixteen": ["--in-flight", "16"], "many": ["--connections", str(CONNECTIONS)]}


def table(options, programs, flags):
    """All rows, in the order of the table, and what lies behind them."""
    requests = {
        "by id": encode("published-dry", "--published", "--dry-run"),
        "recorded": encode("published", "--published"),
        "seen": encode("inline-dry", "--dry-run"),
        "unseen": encode("numbered-dry", "--numbered", "--dry-run"),
    }
    peers = build_peers()
    with tempfile.TemporaryDirectory(prefix="smartflow-bench-") as scratch:
        scratch = Path(scratch)
        lives = [life(programs, flags, requests["by id"].read_bytes()) for _ in range(options.rounds)]
        counted = counts(programs, flags, {name: requests[name] for name in ("by id", "recorded")})
        of_peers = requests_for_peers()
        for peer in peers:
            peer.find_best(scratch, of_peers, options.seconds, min(3, options.rounds))
        results = calls(options, programs, flags, scratch, requests, peers, of_peers)
        pair = workers(options, programs, flags, scratch, requests["by id"])
    rises = fairness(programs, options.rounds, options.seconds)
    expression = None if options.quick else language(max(9, options.rounds))
    alone = None if options.quick else engine(max(9, options.rounds))
    rows = rows_of_calls(results) + rows_of_engine(expression, alone)
    rows += [row("two workers ÷ one, the load generator's share taken out", "≥", 1.8, "",
                 pair and scaling(pair)),
             row("light calls beside trees at the fuel limit: p99 more than alone", "≤", 1, "ms", summary(rises))]
    rows += rows_of_life(lives) + rows_of_counts(counted)
    behind = {"calls": results, "workers": pair, "lives": lives, "counts": counted, "engine": alone, "expression": expression,
              "peers": {peer.title: {"best": peer.best[0], "calls_per_second": peer.tried} for peer in peers}}
    return rows, behind


def calls(options, programs, flags, scratch, requests, peers, of_peers):
    """By mode, what load said in each round of each subject."""
    with Servers() as servers:
        floor = servers.start(Server("floor", scratch, [BUILD / "floor", "{socket}"]))
        daemon = servers.start(Daemon("daemon", scratch, programs, flags))
        published = Subject("by id", daemon, requests["by id"])
        for tier in ("Gold", "Silver"):
            check("the daemon", Subject(tier, daemon, of_peers["frame", tier]).answer(), tier)
        everywhere = [Subject("floor", floor, requests["by id"]), published,
                      Subject("recorded", daemon, requests["recorded"])]
        everywhere += [peer.subject(peer.best, scratch, servers, of_peers) for peer in peers]
        inline = [Subject("seen", daemon, requests["seen"]),
                  Subject("unseen", daemon, requests["unseen"], options=["--counter", NUMBER])]
        results = {mode: in_turns(everywhere + (inline if mode == "one" else []), arguments, options.rounds,
                                  options.seconds)
                   for mode, arguments in MODES.items()}
        # Half of what the slower one can do leaves room, and so shows what waiting for a turn adds.
        rate = statistics.median(one["recorded"]["calls_per_second"] for one in results["many"]) / 2
        results["open"] = in_turns(everywhere[:3], MODES["many"] + ["--rate", str(round(rate))], options.rounds,
                                   options.seconds)
        return results


def workers(options, programs, flags, scratch, request):
    """One worker on one processor, and two on two, that the load generator shares; None where there is but one."""
    if len(CORES) < 2:
        return None
    both = f"{CORES[0]},{CORES[1]}"
    with Servers() as servers:
        one = servers.start(Daemon("one", scratch, programs, flags, core=SERVER_CORE))
        two = servers.start(Daemon("two", scratch, programs, flags, workers=2, core=both))
        subjects = [Sharing(Subject("one", one, request, core=SERVER_CORE), [SERVER_CORE]),
                    Sharing(Subject("two", two, request, core=both), both.split(","))]
        return in_turns(subjects, MODES["many"], options.rounds, options.seconds)


def rows_of_engine(expression, alone):
    """Rows of what is done without a socket."""
    rows = [
        row("`daysInactive > 5 and tier == \"Gold\"` ÷ native Swift", "≤", 4, "",
            expression and summary([expression["ratio"]])),
        row("the same expression: allocations", "≤", 0, "", expression and summary([expression["allocations"]])),
    ]
    goals = {"decoded context to encoded answer": 1000, "tree of 400 B, JSON to program": 3000}
    for name, result in (alone or dict.fromkeys(goals)).items():
        goal = goals.get(name)
        rows.append(row(f"engine alone, {name}", "≤", goal, "ns", result and summary([result["nanoseconds"]])))
        if name == "decoded context to encoded answer":
            rows.append(row("the same decision: allocations", "≤", 0, "", result and summary([result["allocations"]])))
    return rows


def rows_of_life(lives):
    """Rows of starts and memory."""
    def of(name, divisor=1):
        values = [one[name] for one in lives]
        return None if None in values else summary([value / divisor for value in values])
    return [
        row("memory of the keeper, idle (Pss)", "≤", 12, "MB", of("keeper", 1000)),
        row("memory of a worker, idle (Pss)", "≤", 4, "MB", of("worker", 1000)),
        row("start to ready", "≤", 50, "ms", of("start")),
        row("a worker's death to the next one's answer", "≤", 20, "ms", of("respawn")),
    ]


def rows_of_counts(counted):
    """Rows of what a request asks of the allocator and of the system."""
    def of(name, key):
        return summary([counted[name][key]])
    return [row(f"{what} of a request", sense, goal, "", of("by id", key), of("recorded", key))
            for what, key, sense, goal in (("allocations", "allocations", "≤", 0),
                                           ("system calls", "system_calls", "≤", None))]
