#!/usr/bin/env python3
"""Measures what the gateway adds, beside proxies and AI gateways, in one run against one mock backend.

    run.py --perigee .build/release/perigee
    run.py --perigee .build/release/perigee --quick --systems nginx perigee --cells conn-64 sse-16

Rounds are interleaved, so that what else the machine does meets all alike. Prints a JSON line for each
system and cell, medians of the rounds, then a table. CPU per request is of the system's own processes
(/proc) and the steadiest figure on a shared machine; compare p50 with the line of `direct`. A peer that
is not installed is reported with the reason. PEERS holds an environment for each Python package:
`make bench-gateway` makes them.
"""

import argparse
import contextlib
import json
import os
import pathlib
import tempfile

from cells import CELLS, Tools, median
from systems import Missing, compiled, mock, start
from table import table

SYSTEMS = ["nginx", "haproxy", "envoy", "vllm-router", "litellm", "perigee"]


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--perigee", help="the release binary")
    parser.add_argument("--peers", default=".perigee/bench-gateway", help="their environments")
    parser.add_argument("--systems", nargs="+", default=SYSTEMS, choices=SYSTEMS)
    parser.add_argument("--cells", nargs="+", default=list(CELLS), choices=list(CELLS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--quick", action="store_true", help="one round of short cells, 500 idle streams")
    return parser.parse_args()


def measure(systems, names, rounds, tools):
    """The rounds of each cell of each system, after a first request or two to warm up."""
    results = {}
    for turn in range(rounds):
        for name in names:
            cell, count = CELLS[name]
            # Memory does not change between rounds as time does.
            if name == "idle-streams" and turn:
                continue
            for system in systems:
                if name == "idle-streams" and system.name == "direct":
                    continue
                results.setdefault((system.name, name), []).append(cell(system, tools, count))
    return {key: median(each) for key, each in results.items()}


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        direct = stack.enter_context(mock(folder))
        systems, missing = [direct], {}
        for each in options.systems:
            try:
                systems.append(start(each, options, stack, folder, direct.port))
            except Missing as reason:
                missing[each] = str(reason)
                print(json.dumps({"system": each, "missing": str(reason)}), flush=True)
        tools = Tools(compiled("load", folder), folder, options.quick)
        rounds = 1 if options.quick else options.rounds
        results = measure(systems, options.cells, rounds, tools)
        for (system, cell), figures in sorted(results.items()):
            print(json.dumps({"system": system, "cell": cell, **figures}))
        print()
        print(table(results, [each.name for each in systems], options.cells, missing))
        print(f"\nLoad average {os.getloadavg()[0]:.1f}, {rounds} rounds of {tools.seconds} s.")


main()
