"""A row of the table, and those of calls on the socket. Imported by the table."""

from rounds import summary

P50, P99, SPEED, CPU = "p50_us", "p99_us", "calls_per_second", "server_cpu_us_per_call"


def row(measure, sense, goal, unit, now, recording=None):
    """`now` and `recording` are summaries, or None where it was not measured."""
    return {"measure": measure, "sense": sense, "goal": goal, "unit": unit, "now": now, "recording": recording}


def ratio(results, key, subject, base):
    return summary([result[subject][key] / result[base][key] for result in results])


# Mode, key, to whom, what it is called, and the goal. The subject is the call by a published tree's name, and the
# same with its action recorded.
OF_CALLS = [
    ("one", P50, "floor", "one call at a time: p50 ÷ floor", "≤", 1.15),
    ("one", P99, "floor", "one call at a time: p99 ÷ floor", "≤", 1.3),
    ("sixteen", SPEED, "floor", "16 in flight on one connection: throughput ÷ floor", "≥", 0.9),
    ("many", SPEED, "floor", "64 connections: throughput ÷ floor", "≥", 0.85),
    ("one", CPU, "floor", "processor time of a request, one at a time ÷ floor", "≤", 1.3),
    ("sixteen", CPU, "floor", "processor time of a request, 16 in flight ÷ floor", "≤", None),
    ("many", CPU, "floor", "processor time of a request, 64 connections ÷ floor", "≤", None),
    ("open", P50, "floor", "open loop at half speed, 64 connections: p50 ÷ floor", "≤", None),
    ("open", P99, "floor", "open loop at half speed, 64 connections: p99 ÷ floor", "≤", None),
    ("many", SPEED, "go", "64 connections: throughput ÷ containerd/ttrpc in Go", "≥", 3),
    ("sixteen", SPEED, "grpc", "16 in flight: throughput ÷ gRPC C++", "≥", 4.5),
    ("many", SPEED, "grpc", "64 connections: throughput ÷ gRPC C++", "≥", None),
]


def rows_of_calls(results):
    rows = [
        row(measure, sense, goal, "", ratio(results[mode], key, "by id", base),
            ratio(results[mode], key, "recorded", base))
        for mode, key, base, measure, sense, goal in OF_CALLS]
    one = results["one"]
    more = summary([result["unseen"][CPU] - result["by id"][CPU] for result in one])
    return rows + [
        row("processor time of a request, 64 connections: containerd/ttrpc in Go ÷ ours", "≥", None, "",
            ratio(results["many"], CPU, "go", "by id")),
        row("processor time of a request, 16 in flight: gRPC C++ ÷ ours", "≥", None, "",
            ratio(results["sixteen"], CPU, "grpc", "by id")),
        row("for scale, one call at a time: p50 of containerd/ttrpc in Go ÷ floor", "≤", None, "",
            ratio(one, P50, "go", "floor")),
        row("for scale, one call at a time: p50 of gRPC C++ ÷ floor", "≤", None, "", ratio(one, P50, "grpc", "floor")),
        row("inline tree, seen before: p50 ÷ by name", "≤", 1.2, "", ratio(one, P50, "seen", "by id")),
        row("inline tree, never seen: p50 ÷ by name", "≤", None, "", ratio(one, P50, "unseen", "by id")),
        row("inline tree, never seen: processor time more than by name", "≤", 3, "µs", more),
    ]
