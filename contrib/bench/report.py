"""How results of the table are kept, compared and printed. Imported by the command."""

import datetime
import json
import os
import platform
import subprocess
from pathlib import Path

from common import ROOT, Failed


def circumstances(options, programs, load_before):
    """The machine, the commit and the settings: without them no figure means anything."""
    def git(*arguments):
        done = subprocess.run(["git", "-C", str(ROOT), *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True)
        return done.stdout.strip() if done.returncode == 0 else None
    cpu = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.machine())
    return {
        "date": datetime.date.today().isoformat(), "commit": git("rev-parse", "--short=12", "HEAD"),
        "changed_since": bool(git("status", "--porcelain", "--untracked-files=no")),
        "programs": "given" if options.bin else "built",
        "worker_bytes": (programs / "smartflow-worker").stat().st_size,
        "cpu": cpu, "processors": os.cpu_count(), "kernel": platform.release(),
        "load_average": [round(load_before, 2), round(os.getloadavg()[0], 2)],
        "rounds": options.rounds, "seconds": options.seconds, "confined": not options.unconfined,
    }


def load_results(path):
    try:
        results = json.loads(Path(path).read_text())
        if not {"circumstances", "rows"} <= results.keys():
            raise ValueError("it holds no table")
        return results
    except (OSError, ValueError, AttributeError) as error:
        raise Failed(f"{path} can't be read as results: {error}", 65)


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}" if value >= 100 else f"{value:.2f}"


def value_of(summary, unit):
    return "" if summary is None else f"{number(summary['median'])} {unit}".strip()


def verdict(row):
    """Whether the goal is reached; nothing where there is none, or no figure."""
    if row["goal"] is None or row["now"] is None:
        return ""
    now = row["now"]["median"]
    return "yes" if (now <= row["goal"] if row["sense"] == "≤" else now >= row["goal"]) else "no"


def lines(results, before=None):
    """The table as texts: a header and a line for each row; against an earlier one where there is one."""
    then = {row["measure"]: row["now"] for row in before["rows"]} if before else {}
    header = ["measure", "goal", "now", "met", "rounds", "recording"] + (["before", "change"] if before else [])
    table = [header]
    for row in results["rows"]:
        unit, now, recording = row["unit"], row["now"], row["recording"]
        goal = "" if row["goal"] is None else f"{row['sense']} {row['goal']:g} {unit}".strip()
        line = [row["measure"], goal, "not measured" if now is None else value_of(now, unit), verdict(row),
                "" if now is None or len(now["rounds"]) < 2 else f"{number(now['least'])}–{number(now['most'])}",
                value_of(recording, unit)]
        if before:
            earlier = then.get(row["measure"])
            change = ""
            if now and earlier and earlier["median"]:
                change = f"{(now['median'] / earlier['median'] - 1) * 100:+.1f} %"
            line += [value_of(earlier, unit), change]
        table.append(line)
    return table


def print_columns(table):
    widths = [max(len(line[index]) for line in table) for index in range(len(table[0]))]
    for line in table:
        print("  ".join(part.ljust(width) for part, width in zip(line, widths)).rstrip())


def sentence(results):
    """Where and how it was measured."""
    one = results["circumstances"]
    changed = " with changes" if one["changed_since"] else ""
    bests = "; ".join(f"{name}: {peer['best']}" for name, peer in results["behind"]["peers"].items())
    return (f"Measured on {one['date']} at commit {one['commit']}{changed}, workers "
            f"{'confined' if one['confined'] else 'not confined'}, medians of {one['rounds']} rounds of "
            f"{one['seconds']:g} s, on {one['processors']} processors ({one['cpu']}, Linux {one['kernel']}), load average "
            f"{one['load_average'][0]} before and {one['load_average'][1]} after. Settings of the peers, the best of those "
            f"tried: {bests}.")


def print_text(results, before=None):
    print_columns(lines(results, before))
    print()
    print(sentence(results))
    if before:
        print(f"Before: {sentence(before)}")


def markdown(results, before=None):
    header, *rest = lines(results, before)
    rows = [header, ["---"] * len(header), *rest]
    return "\n".join([sentence(results), "", *("| " + " | ".join(line) + " |" for line in rows)])


def write_markdown(results, before=None):
    """Puts the table between its marks in the document."""
    document = ROOT / "contrib/docs/performance.md"
    begin, end = "<!-- begin of the table: contrib/bench/run --write -->\n", "<!-- end of the table -->\n"
    head, mark, rest = document.read_text().partition(begin)
    _, other, tail = rest.partition(end)
    if not mark or not other:
        raise Failed(f"the marks of the table are not in {document}", 65)
    document.write_text(f"{head}{begin}\n{markdown(results, before)}\n\n{end}{tail}")
