"""How fast the Python client calls: `calls.py ENDPOINT TREE.json IN-FLIGHT SECONDS`; one JSON object.

One at a time it waits, as a blocking caller does; with more, each is a task of asyncio.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python"))

import smartflow  # noqa: E402


def request(tree):
    return smartflow.ExecuteTreeRequest(
        tree_json=tree, context_json=b'{"daysInactive":7}', player_id="p-1001",
        options=smartflow.ExecutionOptions(dry_run=True))


def blocking(endpoint, tree, seconds):
    times = []
    with smartflow.Client(endpoint) as client:
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            client.call(request(tree), timeout=5)
            times.append(time.perf_counter() - began)
    return times


async def concurrent(endpoint, tree, in_flight, seconds):
    times = []
    async with smartflow.AsyncClient(endpoint) as client:
        until = time.perf_counter() + seconds

        async def caller():
            while (began := time.perf_counter()) < until:
                await client.call(request(tree), timeout=5)
                times.append(time.perf_counter() - began)

        await asyncio.gather(*(caller() for _ in range(in_flight)))
    return times


def run(endpoint, tree, in_flight, seconds):
    if in_flight == 1:
        return blocking(endpoint, tree, seconds)
    return asyncio.run(concurrent(endpoint, tree, in_flight, seconds))


def main():
    endpoint, path, in_flight, seconds = sys.argv[1:]
    tree = Path(path).read_bytes()
    run(endpoint, tree, int(in_flight), 0.2)  # To warm up.
    began = time.perf_counter()
    times = sorted(run(endpoint, tree, int(in_flight), float(seconds)))
    elapsed = time.perf_counter() - began
    print(json.dumps({
        "calls_per_second": len(times) / elapsed, "p50_us": times[len(times) // 2] * 1e6,
        "p99_us": times[len(times) * 99 // 100] * 1e6}))


if __name__ == "__main__":
    main()
