"""Curves of calls on a running daemon: workers, connections, nodes of a path, properties of a context."""

import laws
from common import Failed
from messages import PLAYER, beside, context, execution, path, publication, small, condition, READ, SMS
from rounds import line, measured, median, points
from subject import CORES, Daemon
from wire import Connection

# What a call costs the server, and how long its caller waits.
BOTH = [("processor time", "server_cpu_us_per_call"), ("round trip (p50)", "p50_us")]


def workers(options, folder, scratch):
    """Throughput of 64 connections, by the number of workers; nobody is pinned."""
    counts = [1, 2, 4]
    daemons = {}
    try:
        for count in counts:
            daemons[count] = Daemon(folder, scratch / f"workers-{count}", workers=count, core=None)
            daemons[count].publish([publication("tree", small("one"))])
        request = execution("tree", PLAYER)

        def measure(count):
            result = daemons[count].load(request, options.seconds, "--connections", 64, core=None)
            # Warm-up and dialling are in it, so it is a little too much.
            share = options.seconds / (options.seconds + min(0.1, options.seconds / 4))
            result["load_cpu_us_per_call"] = result["load_cpu_us"] * share / result["calls"]
            return result
        results = measured(options.rounds, [((0, count), lambda count=count: measure(count)) for count in counts])
    finally:
        for daemon in daemons.values():
            daemon.stop()
    served = median(results, (0, 1), "server_cpu_us_per_call")
    asked = median(results, (0, 1), "load_cpu_us_per_call")

    def possible(count):
        # The load generator has one thread, and takes its share of the processors.
        return min(count / served, len(CORES) / (served + asked), 1 / asked)
    throughput = points(results, 0, "calls_per_second", (0, 1))
    cost = points(results, 0, "server_cpu_us_per_call", (0, 1))
    return {
        "title": "Workers", "x": "workers", "raw": raw(results),
        "facts": {"processors": len(CORES), "server_cpu_us_per_call": served, "load_cpu_us_per_call": asked,
                  "capacity_of_two": 2 / [row[1] for row in cost if row[0] == 2][0]},
        "panels": [{"y": "÷ one worker", "series": [
            line("throughput, 64 connections", throughput, laws.table(
                f"what is left of {len(CORES)} processors",
                [[count, possible(count) / possible(1)] for count in counts])),
            line("processor time a call", cost, laws.constant(cost))]}]}


def connections(options, folder, scratch):
    """One worker, one call in flight on each connection."""
    counts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000]
    request = execution("tree", PLAYER)
    daemon = Daemon(folder, scratch / "connections")
    try:
        daemon.publish([publication("tree", small("one"))])
        results = measured(options.rounds, [
            ((0, count), lambda count=count: daemon.load(request, options.seconds, "--connections", count))
            for count in counts])
    finally:
        daemon.stop()
    memory = idle_memory(folder, scratch, request, counts)
    throughput = points(results, 0, "calls_per_second", (0, 1))
    cost = points(results, 0, "server_cpu_us_per_call", (0, 1))
    middle, tail = (points(results, 0, column, (0, 1)) for column in ("p50_us", "p99_us"))
    full = max(row[1] for row in throughput)
    # The mean time of a call is the calls in flight by the throughput.
    alone = median(results, (0, 1), "p50_us")
    little = [[count, 1e6 * count / median(results, (0, count), "calls_per_second") / alone] for count in counts]
    return {
        "title": "Connections", "x": "connections, one call in flight on each", "raw": raw(results),
        "facts": {"one_p50_us": median(results, (0, 1), "p50_us"),
                  "one_calls_per_second": median(results, (0, 1), "calls_per_second")},
        "panels": [
            {"y": "÷ one connection", "series": [
                line("throughput", throughput, laws.table(
                    "n times, until the processor is full",
                    [[row[0], min(row[0], full)] for row in laws.sampled(throughput, lambda x: x)])),
                line("processor time a call", cost, laws.shared(cost))]},
            {"y": "÷ p50 or p99 of one connection", "series": [
                line("p50 of a call", middle, laws.table("n ÷ throughput (Little)", little)),
                line("p99 of a call", tail)]},
            {"y": "worker's memory, MiB (Pss)", "series": [
                line("idle connections that have called", memory, laws.affine(memory, "MiB"))]}]}


def idle_memory(folder, scratch, request, counts):
    daemon = Daemon(folder, scratch / "idle")
    held, rows = [], []
    try:
        daemon.publish([publication("tree", small("one"))])
        for count in counts:
            while len(held) < count:
                held.append(Connection(daemon.path))
                held[-1].send(request)
            size = daemon.memory()[1]
            rows.append([count, size, size, size])
    finally:
        for connection in held:
            connection.close()
        daemon.stop()
    return rows


def paths(options, folder, scratch):
    """One call of a tree with so many nodes, on its one path or beside it."""
    wanted = [1, 3, 10, 30, 50, 100, 300, 1_000, 3_000, 10_000]
    # A tree may have 10,000 nodes, and each chain ends in one that is not come to: 196 chains are 9,803 on the path.
    trees = [path(min(count, 9_801)) for count in wanted]
    daemon = Daemon(folder, scratch / "paths", flags=["--max-timeout", "5s"])
    try:
        subjects = []
        for tree, count in trees:
            for series, name, one in (("on", f"on-{count}", tree), ("off", f"off-{count}", beside(tree))):
                daemon.publish([publication(name, one)])
                request = execution(name, PLAYER)
                subjects.append((
                    (series, count), lambda request=request: daemon.load(request, options.seconds)))
        results = measured(options.rounds, subjects)
    finally:
        daemon.stop()
    one = ("off", 1)

    def panel(what, column):
        on, off = (points(results, series, column, one) for series in ("on", "off"))
        return {"y": f"{what}, ÷ one node off the path", "series": [
            line("on the path", on, laws.affine(on, up_to=1_001)), line("off the path", off, laws.constant(off))]}
    return {
        "title": "Nodes", "x": "nodes", "raw": raw(results), "facts": facts(results, one),
        "panels": [panel(*which) for which in BOTH]}


# Contexts of more properties are longer than the 8 KiB that a worker reads at once.
AT_ONCE = 200


def contexts(options, folder, scratch):
    """One call with so many properties, of which the tree reads five."""
    counts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
    daemon = Daemon(folder, scratch / "contexts")
    try:
        daemon.publish([publication("five", condition(READ, SMS))])
        subjects, sizes = [], {}
        for count in counts:
            for series, as_json in (("Struct", False), ("JSON", True)):
                request = execution("five", context(count), as_json)
                sizes[f"{series} {count}"] = len(request)
                subjects.append((
                    (series, count), lambda request=request: daemon.load(request, options.seconds)))
        results = measured(options.rounds, subjects)
    finally:
        daemon.stop()
    one = ("Struct", 1)

    def panel(what, column):
        lines = []
        for series in ("Struct", "JSON"):
            rows = points(results, series, column, one)
            lines.append(line(f"as {series}", rows, laws.affine(rows, up_to=AT_ONCE)))
        return {"y": f"{what}, ÷ one property", "series": lines}
    return {
        "title": "Properties of a context", "x": "properties, of which the tree reads five", "raw": raw(results),
        "facts": facts(results, one) | {"request_bytes": sizes}, "panels": [panel(*which) for which in BOTH]}


def facts(results, key):
    """What the ratios are to."""
    return {f"one_{column}": median(results, key, column) for _, column in BOTH}


def raw(results):
    if not results:
        raise Failed("nothing was measured")
    return [{"series": name, "x": x, "rounds": rounds} for (name, x), rounds in results.items()]
