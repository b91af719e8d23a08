#!/usr/bin/env python3
"""Runs requests, streams and broken-off streams through the gateway and reports its memory over time.

    soak.py --perigee .build/release/perigee --minutes 30

Prints a JSON line each ten seconds and at last the growth: the mean of the last quarter less that of
the second, MB. The first quarter fills pools and the log of requests. Exits with 1 when it grew by
more than --allow.
"""

import argparse
import contextlib
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from cells import Tools, resident_mb, run_load
from systems import compiled, mock, start


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--perigee", required=True, help="the release binary")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--allow", type=float, default=5, help="MB of growth")
    parser.set_defaults(peers=".")
    return parser.parse_args()


def turn(system, tools):
    """About ten seconds: streams, requests at a rate, and streams that their clients break off."""
    sse = run_load(tools, "sse", system, tools.body("sse", stream=True), 16, 4)
    rate = run_load(tools, "rate", system, tools.body("rate"), 300, 4)
    for _ in range(2):
        left = subprocess.Popen(
            [tools.load, "hold", str(system.port), tools.body("hold", stream=True, user="hold"),
             "100", "5"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        left.stdout.readline()
        left.kill()
        left.wait()
    return {"streams": sse["good"], "requests": rate["good"], "bad": sse["bad"] + rate["bad"]}


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        direct = stack.enter_context(mock(folder))
        system = start("perigee", options, stack, folder, direct.port)
        tools = Tools(compiled("load", folder), folder, quick=False)
        began, sizes = time.monotonic(), []
        while time.monotonic() - began < options.minutes * 60 or len(sizes) < 4:
            counts = turn(system, tools)
            sizes.append(resident_mb(system.pid))
            print(json.dumps({"seconds": round(time.monotonic() - began),
                              "rss_mb": round(sizes[-1], 1), **counts}), flush=True)
        quarter = len(sizes) // 4
        growth = statistics.mean(sizes[-quarter:]) - statistics.mean(sizes[quarter:2 * quarter])
        print(json.dumps({"growth_mb": round(growth, 1), "minutes": options.minutes}))
        sys.exit(growth > options.allow)


main()
