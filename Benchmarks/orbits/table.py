#!/usr/bin/env python3
"""Prints Markdown tables of the lines that run.py prints.

    make bench-orbits | tee lines.jsonl; Benchmarks/orbits/table.py lines.jsonl
"""

import json
import sys

PROPAGATION = {"constellation": "9,500 Starlink x 1,440", "one": "1 satellite x 1e6",
               "geo": "GEO belt x 1,440", "catalogue": "all active x 1,440"}


def row(cells):
    print("| " + " | ".join(cells) + " |")


def header(cells):
    row(cells)
    row(["---"] + ["---:"] * (len(cells) - 1))


def propagation(lines):
    """Millions of propagations for a CPU second, and the largest error of any workload."""
    workloads = [w for w in PROPAGATION if any(line["workload"] == w for line in lines)]
    if not workloads:
        return
    print("Million propagations (SGP4/SDP4, position and velocity) for a CPU second of one thread:\n")
    header(["engine", *(PROPAGATION[w] for w in workloads), "largest error, m"])
    for engine in dict.fromkeys(line["engine"] for line in lines if line["workload"] in workloads):
        own = {line["workload"]: line for line in lines if line["engine"] == engine}
        errors = [own[w]["max_error_m"] for w in workloads if w in own]
        errors = [error for error in errors if error is not None]
        row([engine, *(f"{own[w]['rate'] / 1e6:.1f}" if w in own else "" for w in workloads),
             f"{max(errors):.2g}" if errors else ""])
    print()


def passes(lines):
    lines = [line for line in lines if line["workload"] == "passes"]
    if not lines:
        return
    print("Passes over ten cities in 24 hours above 25 degrees, one thread:\n")
    header(["engine", "CPU ms for a satellite, station and day", "missed", "invented", "of",
            "largest AOS or LOS error, s"])
    for line in lines:
        row([line["engine"], f"{line['ms_each']:.2g}", str(line["missed"]), str(line["invented"]),
             str(line["compared"]), f"{line['aos_los_error_s']:.2g}"])
    print()


def main():
    source = open(sys.argv[1], encoding="utf-8") if len(sys.argv) > 1 else sys.stdin
    lines = [json.loads(line) for line in source if line.startswith("{")]
    propagation(lines)
    passes(lines)
    for line in lines:
        if line["workload"] == "catalogue" and line["engine"].startswith("perigee"):
            print(f"All active objects for a day, {line['engine']}: {line['cpu_s']:.2f} CPU s.")
        if line["workload"] == "two-threads":
            print(f"Two threads, {line['engine']}: {line['ratio_to_one']:.2f} times one.")


if __name__ == "__main__":
    main()
