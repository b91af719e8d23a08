#!/usr/bin/env python3
"""What the gateway makes of links that move: three tables, and every figure in them as a JSON line.

  run.py --perigee BINARY TRACE.csv...    [--only replay,completions,promises] [--quick]

replay       each ping of a recording as a request, in virtual time: with and without hedging.
completions  completions through the gateway, over links that behave as recorded: with and without each
             feature. Rows of a trace run side by side, with the same requests over the same links.
promises     what is promised about time, by the clock. Ends with exit code 1 if one was not kept.

Traces are ping recordings with the columns unix_s and rtt_ms, -1 where lost. The second link is drawn from
the seed. All but the replay needs Linux with /dev/net/tun and namespaces, as root or as a user who may make
user namespaces. The whole takes less than ten minutes, --quick (which is too short to compare rows) one."""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import courses
import tables
from rig import isolated

HERE = Path(__file__).parent
BUDGETS = (5.0, 6.5)
ALONE = [("recorded link alone", dict(links=["leo"])), ("second link alone", dict(links=["mobile"]))]
HEDGED = [("routing", {}), ("+ hedges, budget 5 %", dict(hedging="{budget: 5%}")),
          ("+ hedges, budget 6.5 %", dict(hedging="{budget: 6.5%}"))]
CONNECTIONS = [("a new connection for each request", dict(fresh=True)),
               ("backend closes after answers, spares", dict(closes=True))]
BREAKS = [("10 % of streams broken, no resume", dict(breaks=0.1)),
          ("10 % of streams broken, + resume", dict(breaks=0.1, resume="prefill"))]
START_UP = 8  # seconds that a cell has until its links begin


def replays(options):
    lines = []
    for trace in options.traces:
        for budget in BUDGETS:
            for seed in range(1, options.seeds + 1):
                output = subprocess.run(
                    [options.perigee, "replay", str(trace), "--late", str(options.late), "--budget",
                     str(budget), "--seed", str(seed), "--output", "json"],
                    check=True, capture_output=True, text=True).stdout
                for row in json.loads(output):
                    learned = "learned" in row["method"]
                    if not learned and budget != BUDGETS[0]:
                        continue
                    method = row["method"] + (f", {budget:g} %" if learned else "")
                    lines.append({"table": "replay", "trace": trace.stem, "seed": seed, **row,
                                  "method": method})
                    print(json.dumps(lines[-1]), flush=True)
    return lines


async def cell(spec):
    process = await asyncio.create_subprocess_exec(
        *isolated([sys.executable, str(HERE / "cell.py"), json.dumps(spec)]),
        stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    if process.returncode:
        sys.exit(f"bench-links: the row {spec['row']!r} came to nothing")
    print(output.decode(), end="", flush=True)
    return json.loads(output)


async def completions(options):
    """The rows of each trace at the same time, so that whatever else the machine does hits all alike."""
    lines = []
    for place, trace in enumerate(options.traces):
        rows = ALONE + HEDGED + (CONNECTIONS + BREAKS if place == 0 else [])
        if options.quick:
            rows = [ALONE[0], HEDGED[0], HEDGED[1], BREAKS[1]] if place == 0 else []
        start = (int(time.time() + START_UP - 12) // courses.SLOT + 1) * courses.SLOT + 12
        lines += await asyncio.gather(*(
            cell(dict(perigee=options.perigee, trace=str(trace), row=row, start=start,
                      slots=2 if options.quick else options.slots, seed=options.seed,
                      rate=options.rate, late=options.late, **features))
            for row, features in rows))
    return lines


def promises(options):
    output = subprocess.run(
        isolated([sys.executable, str(HERE / "promises.py"), options.perigee,
                  "1" if options.quick else str(options.times)]),
        check=True, stdout=subprocess.PIPE, text=True).stdout
    print(output, end="", flush=True)
    return [json.loads(line) for line in output.splitlines()]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("traces", nargs="+", type=Path)
    parser.add_argument("--perigee", required=True, type=os.path.abspath)
    parser.add_argument("--only", default="replay,completions,promises")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seeds", type=int, default=3, help="of the replays")
    parser.add_argument("--seed", type=int, default=1, help="of the completions")
    parser.add_argument("--late", type=float, default=200, help="milliseconds")
    parser.add_argument("--slots", type=int, default=13, help="of 15 s; the first is not counted")
    parser.add_argument("--rate", type=float, default=20, help="completions a second and row")
    parser.add_argument("--times", type=int, default=5, help="how often each promise is tried")
    options = parser.parse_args()
    if missing := [str(trace) for trace in options.traces if not trace.is_file()]:
        parser.error(f"{', '.join(missing)}: no such recording")
    if options.quick:
        options.seeds, options.traces = 1, options.traces[:1]
    wanted = options.only.split(",")
    if set(wanted) - {"replay", "completions", "promises"}:
        parser.error(f"--only {options.only}: name some of replay, completions, promises")
    if set(wanted) != {"replay"}:
        (HERE / ".build").mkdir(exist_ok=True)
        subprocess.run(["cc", "-O2", "-o", HERE / ".build/shaper", HERE / "shaper.c"], check=True)
    measures = {
        "replay": lambda: replays(options),
        "completions": lambda: asyncio.run(completions(options)),
        "promises": lambda: promises(options),
    }
    # Side by side only where nobody compares what is measured.
    with ThreadPoolExecutor(len(measures) if options.quick else 1) as pool:
        running = {name: pool.submit(measures[name]) for name in measures if name in wanted}
        lines = {name: future.result() for name, future in running.items()}
    texts = [getattr(tables, name)(lines[name], options.late) for name in lines]
    are_kept = all(line["kept"] for line in lines.get("promises", []))
    print("\n" + "\n\n".join(texts))
    return 0 if are_kept else 1


if __name__ == "__main__":
    sys.exit(main())
