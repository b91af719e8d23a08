#!/usr/bin/env python3
"""What hedging is worth on recorded links: replays of traces beside a drawn second link.

For each trace and seed of the second link it runs `perigee replay` with the default budget of 5 % and with
6.5 %, prints every row as a JSON line, and then one Markdown table of the means over the seeds. The traces
are ping recordings with the columns unix_s and rtt_ms, -1 where lost.

Usage: run.py --perigee BINARY TRACE.csv [TRACE.csv ...] [--seeds 3] [--late 200]
"""
import argparse
import collections
import json
import subprocess
import sys
from pathlib import Path

BUDGETS = (5.0, 6.5)
FIGURES = ("late", "fewer_times", "extra_pct", "p50_ms", "p99_ms", "p99.9_ms")


def replay(binary, trace, late, budget, seed):
    command = [
        binary, "replay", str(trace), "--late", str(late), "--budget", str(budget),
        "--seed", str(seed), "--output", "json",
    ]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(output)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("traces", nargs="+", type=Path)
    parser.add_argument("--perigee", required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--late", type=float, default=200)
    options = parser.parse_args()

    sums = collections.OrderedDict()
    for trace in options.traces:
        for budget in BUDGETS:
            for seed in range(1, options.seeds + 1):
                for row in replay(options.perigee, trace, options.late, budget, seed):
                    learned = "learned" in row["method"]
                    if not learned and budget != BUDGETS[0]:
                        continue
                    method = row["method"] + (f", {budget:g} %" if learned else "")
                    line = dict(trace=trace.stem, seed=seed, **row)
                    line["method"] = method
                    print(json.dumps(line), flush=True)
                    sums.setdefault((trace.stem, method), []).append(row)

    print(f"\n| trace | method | over {options.late:g} ms | times fewer | extra requests | p50 | p99 | p99.9 |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for (trace, method), rows in sums.items():
        mean = {
            name: sum(float(row[name] or 0) for row in rows) / len(rows) for name in FIGURES
        }
        fewer = "" if method == "first alone" else f"{mean['fewer_times']:.1f}"
        print(
            f"| {trace} | {method} | {mean['late']:.0f} | {fewer} | {mean['extra_pct']:.1f} % | "
            f"{mean['p50_ms']:.0f} ms | {mean['p99_ms']:.0f} ms | {mean['p99.9_ms']:.0f} ms |"
        )


if __name__ == "__main__":
    sys.exit(main())
