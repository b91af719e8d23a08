#!/usr/bin/env python3
"""Measures the full next-hop table: Perigee beside satgenpy (Hypatia) and a scipy script, in one run.

    run.py --perigee Benchmarks/network/.build/release/network-bench [--data ../shared/data/network]

Workloads: `starlink` (72 x 22 satellites) and `kuiper` (34 x 34), the graphs of satgenpy's studies, and
shells of `10000` and `30000`; each with the stations of a file, every satellite's and station's next
hop and distance to every station. Prints a JSON line for each engine and workload: CPU seconds a table
(user and system, one thread: median of the runs, lowest and highest), peak memory, and the largest
difference of a round trip from the scipy script's, microseconds, over all pairs and the first times.
`perigee cold` makes its table from nothing but memory, SGP4 included; `perigee step` moves it a second,
and counts how often memory was asked for. `perigee query` asks a prepared slot of `starlink` for the way
from a terminal to a region: CPU seconds of a query, with the median and the 99th percentile as spread.
"""

import argparse
import contextlib
import io
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ENGINES = ["perigee cold", "perigee step", "perigee query", "scipy", "satgenpy"]
WORKLOADS = ["starlink", "kuiper", "10000", "30000"]
COMPARED = 3


def report(engine, workload, cpu, peak_mb, error_us, **more):
    print(json.dumps({
        "engine": engine, "workload": workload, "cpu_s": round(statistics.median(cpu), 6),
        "cpu_s_spread": [round(min(cpu), 6), round(max(cpu), 6)], "peak_mb": round(peak_mb, 1),
        "max_error_us": float(f"{error_us:.3g}"), **more,
    }), flush=True)


def reference(workload, places, times):
    """Kilometres between stations, [time, from, to], by the scipy script."""
    import numpy
    from graph import SHELLS, Graph

    graph = Graph(SHELLS[workload], places)
    return numpy.stack([graph.table(t)[0][:, graph.count:] for t in times])


def error_us(km, expected):
    """The largest difference of a round trip, microseconds; infinite where only one has a way."""
    import numpy
    from graph import LIGHT_KM_S

    if (numpy.isfinite(km) != numpy.isfinite(expected)).any():
        return float("inf")
    both = numpy.isfinite(km)
    return float(abs(km[both] - expected[both]).max()) * 2 / LIGHT_KM_S * 1e6


def perigee(a, workload, places, how):
    import numpy
    from graph import SHELLS

    shell = SHELLS[workload].argument
    runs = a.runs * (20 if workload in ("starlink", "kuiper") else 2)
    command = [a.perigee, how, shell, a.stations, "overLasers", str(runs)]
    line = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run([a.perigee, "distances", shell, a.stations, "overLasers", "0", "1",
                        str(COMPARED), file.name], check=True)
        km = numpy.fromfile(file.name).reshape(COMPARED, len(places), len(places))
    # A station's way to itself has no length; the scipy script goes up and down.
    expected = reference(workload, places, range(COMPARED))
    index = numpy.arange(len(places))
    expected[:, index, index] = 0
    more = {"allocations_per_step": line["allocations"] / runs} if how == "step" else {}
    report("perigee " + how, workload, line["cpu_s"], line["peak_mb"], error_us(km, expected), **more)


def query(a, workload):
    from graph import SHELLS

    command = [a.perigee, "query", SHELLS[workload].argument, a.stations, "overLasers", str(20 * a.runs)]
    line = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(json.dumps({
        "engine": "perigee query", "workload": workload, "cpu_s": round(line["p50_us"] / 1e6, 9),
        "cpu_s_spread": [round(line[key] / 1e6, 9) for key in ("p50_us", "p99_us")], "queries": line["queries"],
        "mean_links": round(line["mean_links"], 1), "allocations": line["allocations"],
    }), flush=True)


def scipy(a, workload, places):
    from graph import SHELLS, Graph

    graph = Graph(SHELLS[workload], places)
    cpu = []
    for second in range(a.runs + 1):
        began = time.process_time()
        graph.table(second)
        cpu.append(time.process_time() - began)
    report("scipy", workload, cpu[1:], peak_mb(), 0)


def satgenpy(a, workload, places):
    import hypatia
    from graph import SHELLS

    network = hypatia.Network(SHELLS[workload], places)
    cpu, tables = [], []
    for second in range(a.satgenpy_steps):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            began = time.process_time()
            tables.append(network.table(second, "overLasers", folder))
            cpu.append(time.process_time() - began)
    import numpy

    km = numpy.stack([network.distances(t, table) for t, table in enumerate(tables)])
    expected = reference(workload, places, range(a.satgenpy_steps))
    index = numpy.arange(len(places))
    expected[:, index, index] = 0
    report("satgenpy", workload, cpu, peak_mb(), error_us(km, expected))


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--perigee", help="the network-bench binary")
    parser.add_argument("--data", type=pathlib.Path, help="folder of ground_stations_top100.csv",
                        default=os.environ.get("PERIGEE_NETWORK_DATA") or ROOT / "../shared/data/network")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--satgenpy-steps", type=int, default=2, help="8 s each")
    parser.add_argument("--workload", action="append", choices=WORKLOADS)
    parser.add_argument("--engine", action="append", choices=ENGINES)
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    a = parser.parse_args()
    a.stations = str(pathlib.Path(a.data) / "ground_stations_top100.csv")
    if not os.path.exists(a.stations):
        sys.exit(f"run.py: no {a.stations}: set PERIGEE_NETWORK_DATA to the folder that has it")
    if a.alone:
        from graph import stations

        places = stations(a.stations)
        if a.alone == "perigee query":
            return query(a, a.workload[0])
        if a.alone.startswith("perigee"):
            return perigee(a, a.workload[0], places, a.alone.split()[1])
        return {"scipy": scipy, "satgenpy": satgenpy}[a.alone](a, a.workload[0], places)
    failed = False
    for workload in a.workload or WORKLOADS:
        for engine in a.engine or ENGINES:
            if engine == "perigee query" and workload != "starlink":
                continue
            if engine == "satgenpy" and workload not in ("starlink", "kuiper"):
                continue  # All pairs by Floyd and Warshall: hours, and memory that few machines have.
            command = [sys.executable, __file__, "--alone", engine, "--workload", workload,
                       "--runs", str(a.runs), "--satgenpy-steps", str(a.satgenpy_steps),
                       "--data", str(a.data)]
            if a.perigee:
                command += ["--perigee", a.perigee]
            if shutil.which("taskset"):
                command = ["taskset", "-c", str(max(os.sched_getaffinity(0))), *command]
            one = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
            if subprocess.run(command, env={**os.environ, **one}).returncode:
                print(f"run.py: {engine} failed on {workload}", file=sys.stderr)
                failed = True
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
