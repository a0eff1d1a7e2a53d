"""The curve of published trees: what keeping so many costs a call, a publication, a start, and memory."""

import shutil
import time

import laws
from calls import raw
from common import Failed
from messages import PLAYER, execution, publication, small
from rounds import line, median, measured, points
from subject import Daemon
from wire import Connection

# More calls in turn than these say nothing more.
CALLS_IN_TURN = 100_000


def name(index):
    return f"tree-{index:06d}"


def trees(options, folder, scratch):
    counts = [10, 100, 1_000, 10_000] + ([] if options.quick else [100_000])
    states, published = publish(folder, scratch, counts)
    # Starting with very many takes seconds, so that fewer rounds are measured than of calls.
    results = measured(min(options.rounds, 3), [
        ((0, count), lambda count=count: started(options, folder, scratch, states[count], count))
        for count in counts])
    keeper, worker = (points(results, 0, column) for column in ("keeper_mib", "worker_mib"))
    ready = points(results, 0, "ready_ms")
    one, first, again = (
        points(results, 0, column, (0, 10)) for column in ("cpu_us", "first_cpu_us", "again_cpu_us"))
    store = [[count, *[states[count].joinpath("trees.sqlite").stat().st_size / (1 << 20)] * 3] for count in counts]
    each = [[count, *[published[count] / published[100]] * 3] for count in counts[1:]]
    return {
        "title": "Published trees", "x": "published trees",
        "raw": raw(results) + [{"series": "publication", "x": count, "seconds_each": published[count]} for count in counts],
        "facts": {"ten_cpu_us": median(results, (0, 10), "cpu_us"),
                  "ten_p50_us": median(results, (0, 10), "p50_us"),
                  "ten_first_cpu_us": median(results, (0, 10), "first_cpu_us"),
                  "ten_again_cpu_us": median(results, (0, 10), "again_cpu_us"),
                  "publications_per_second": 1 / published[100]},
        "panels": [
            {"y": "÷ the same with ten trees", "series": [
                line("processor time of calls of one tree", one, laws.constant(one)),
                line("processor time of a tree's first call", first, laws.constant(first)),
                line("processor time of calls of all trees in turn", again, laws.constant(again)),
                line("time to publish one (÷ one of the first 100)", each, laws.constant(each))]},
            {"y": "start to first answer, ms", "series": [line("start", ready, laws.affine(ready, "ms"))]},
            {"y": "MiB", "series": [
                line("keeper (Pss)", keeper, laws.affine(keeper, "MiB")),
                line("worker (Pss)", worker, laws.constant(worker)),
                line("store on disk", store, laws.affine(store, "MiB"))]}]}


def publish(folder, scratch, counts):
    """Publishes up to the most, and keeps what the state directory was on the way.

    Gives the copies, and how long one publication took of those up to each count.
    """
    home = scratch / "publisher"
    home.mkdir()
    states, each, done = {}, {}, 0
    for count in counts:
        daemon = Daemon(folder, home, flags=["--max-timeout", "60s"])
        try:
            begun = time.monotonic()
            daemon.publish(publication(name(index), small(name(index))) for index in range(done, count))
            each[count] = (time.monotonic() - begun) / (count - done)
        finally:
            daemon.stop()
        done = count
        states[count] = scratch / f"state-{count}"
        shutil.copytree(home / "state", states[count])
    return states, each


def started(options, folder, scratch, state, count):
    """One start with so many trees, and what calls cost then."""
    daemon = Daemon(folder, scratch / "trees", state=state)
    try:
        result = {"ready_ms": daemon.ready_seconds * 1000}
        result["keeper_mib"], result["worker_mib"] = daemon.memory()
        request = execution(name(count // 2), PLAYER)
        calls = daemon.load(request, options.seconds)
        result["cpu_us"], result["p50_us"] = calls["server_cpu_us_per_call"], calls["p50_us"]
        # The first pass compiles; the second finds what the cache still holds.
        result["first_cpu_us"] = in_turn(daemon, count, 1)
        passes = max(1, 1_000 // count)
        result["again_cpu_us"] = in_turn(daemon, count, passes)
        result["worker_called_mib"] = daemon.memory()[1]
        return result
    finally:
        daemon.stop()


def in_turn(daemon, count, passes):
    """The worker's processor time for each of calls of all trees in turn, in µs."""
    worker = int(daemon.children()[0])
    connection = Connection(daemon.path)
    try:
        before = processor_time(worker)
        connection.send_all(
            execution(name(index), PLAYER) for _ in range(passes) for index in range(min(count, CALLS_IN_TURN)))
        return 1e6 * (processor_time(worker) - before) / (passes * min(count, CALLS_IN_TURN))
    finally:
        connection.close()


def processor_time(process):
    """Of a process, in seconds; the kernel knows its clock by the number's complement."""
    try:
        return time.clock_gettime((~process << 3) | 2)
    except OSError as error:
        raise Failed(f"the processor time of {process}: {error}")
