"""A daemon against itself: confined or not, recording or not, with the digests of contexts or without."""

import json
import statistics
import subprocess
import tempfile
from pathlib import Path

from answers import encode
from common import Failed
from costs import pss
from rounds import in_turns
from servers import SERVER_CORE, UNCONFINED, Daemon, Servers, Subject, daemon_command, pinned

# Name, arguments of load, and what is looked at: (column, key of load's output).
CPU = ("CPU", "server_cpu_us_per_call")
MODES = [
    ("one call at a time", [], [("p50", "p50_us"), ("p99", "p99_us"), CPU]),
    ("16 in flight, one connection", ["--in-flight", "16"], [("throughput", "calls_per_second"), CPU]),
    ("64 connections", ["--connections", "64"], [("throughput", "calls_per_second"), CPU]),
]


def requests():
    return {"recorded": encode("published", "--published"), "dry run": encode("published-dry", "--published", "--dry-run")}


def confinement(options, programs, flags):
    """A daemon whose workers are confined against one with every layer left off."""
    with tempfile.TemporaryDirectory(prefix="smartflow-bench-") as scratch, Servers() as servers:
        scratch = Path(scratch)
        rows = starts(options, programs, flags, scratch)
        pair = [servers.start(Daemon("unconfined", scratch, programs, flags + UNCONFINED)),
                servers.start(Daemon("confined", scratch, programs, flags))]
        for variant, request in requests().items():
            rows += modes(options, [Subject(daemon.name, daemon, request) for daemon in pair], variant)
    return rows


def records(options, programs, flags):
    """An execution with an action against its dry run on the same daemon, for each --journal-sync."""
    rows, asked = [], requests()
    with tempfile.TemporaryDirectory(prefix="smartflow-bench-") as scratch:
        for sync in ("never", "interval", "always"):
            with Servers() as servers:
                daemon = servers.start(Daemon(sync, Path(scratch), programs, flags + ["--journal-sync", sync]))
                rows += modes(options, [Subject(name, daemon, asked[name]) for name in ("dry run", "recorded")], sync)
    return rows


def contexts(options, programs, flags):
    """An execution with an action under --audit-context digest against one under off."""
    request = requests()["recorded"]
    with tempfile.TemporaryDirectory(prefix="smartflow-bench-") as scratch, Servers() as servers:
        pair = [Subject(what, servers.start(Daemon(what, Path(scratch), programs, flags + ["--audit-context", what])),
                        request) for what in ("off", "digest")]
        return modes(options, pair, "recorded")


def modes(options, subjects, variant):
    rows = []
    for mode, arguments, columns in MODES:
        results = in_turns(subjects, arguments, options.rounds, options.seconds)
        rows += [row(variant, mode, column, [{name: one[name][key] for name in one} for one in results], subjects)
                 for column, key in columns]
    return rows


def starts(options, programs, flags, scratch):
    """Rows of what being confined costs a start, and an idle worker in memory."""
    results = []
    for number in range(options.rounds):
        variants = [("unconfined", UNCONFINED), ("confined", [])]
        results.append({name: start(programs, scratch, name, flags + more)
                        for name, more in (variants if number % 2 == 0 else variants[::-1])})
    rows = []
    for column in ("start to ready", "memory"):
        values = [{name: one[name][column] for name in ("unconfined", "confined")} for one in results]
        if not any(None in one.values() for one in values):
            rows.append(row("idle", "one worker", column, values))
    return rows


def start(programs, scratch, name, flags):
    """Starts a daemon, and reads in its log how long it took, and in /proc what its worker holds."""
    path = scratch / f"{name}-start.sock"
    process = subprocess.Popen(
        pinned(SERVER_CORE, [str(part).format(socket=path) for part in daemon_command(programs, flags)]),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for line in process.stderr:
            record = json.loads(line) if line.startswith(b"{") else {}
            if record.get("event") == "ready":
                break
        else:
            raise Failed(f"the daemon did not start with {' '.join(flags) or 'no flags'}")
        worker = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0]
        return {"start to ready": int(record["elapsed_us"]), "memory": pss(worker)}
    finally:
        process.terminate()
        process.communicate()


def row(variant, mode, column, results, subjects=None):
    """The median of the rounds' ratios, and both medians."""
    base, subject = [one.name for one in subjects] if subjects else ("unconfined", "confined")
    ratios = [result[subject] / result[base] for result in results]
    return {
        "variant": variant, "mode": mode, "measure": column,
        "ratio": statistics.median(ratios), "least": min(ratios), "most": max(ratios),
        base: statistics.median(result[base] for result in results),
        subject: statistics.median(result[subject] for result in results),
    }


# Of each: what it is called, its function, the base and the subject.
COMPARISONS = {
    "confinement": (confinement, "unconfined", "confined"),
    "records": (records, "dry run", "recorded"),
    "contexts": (contexts, "off", "digest"),
}


def lines(rows, before, base, subject):
    """The rows as texts, with the ratios of the time before."""
    known = {(one["variant"], one["mode"], one["measure"]): one["ratio"] for one in before}
    result = [("", "measure", f"÷ {base}", "rounds", "last time", base, subject)]
    for one in rows:
        more = one["measure"] == "throughput"
        unit = "/s" if more else " kB" if one["measure"] == "memory" else " µs"
        last = known.get((one["variant"], one["mode"], one["measure"]))
        result.append((
            f"{one['mode']}, {one['variant']}", one["measure"], f"{one['ratio']:.2f}",
            f"{one['least']:.2f}–{one['most']:.2f}", "" if last is None else f"{last:.2f}",
            *(f"{one[name]:,.{0 if more else 1}f}{unit}" for name in (base, subject))))
    return result
