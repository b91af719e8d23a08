#!/usr/bin/env python3
"""Measures SGP4 propagation: Perigee's kernels beside the fastest engines on PyPI, in one run.

    run.py --perigee Benchmarks/orbits/.build/release/orbits-bench [--data ../shared/data/elements]

Workloads: `constellation` (9,500 Starlink, or a generated shell where there is no data, x 1,440
minutes), `one` (one satellite x 1e6 times within a day), `two-threads` (the constellation again, with
one thread and with two in turn), and with data `geo` (the GEO belt x 1,440 minutes), `catalogue`
(every active object x 1,440 minutes) and `passes` (see passes.py). Positions and velocities go to
memory that was there before. Prints a JSON line for each engine and workload: propagations, CPU
seconds (user and system, median of the runs, lowest and highest), propagations per CPU second, and
the largest distance from `sgp4` (metres), over a sample of the times. Every engine runs in a process
of its own, with one thread, on one core where taskset exists, and does one round more than is
counted. `two-threads` needs two idle cores: its ratio is of wall-clock times.
table.py makes a table of the lines.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import passes
from elements import first_minutes, julian, satellites
from report import report

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = ["sgp4", "astroz", "heyoka", "skyfield"]
DAY = ("60", 1_440, 97)
WORKLOADS = {
    # file, satellites (0: all), start, (step in seconds, times, every so many compared)
    "constellation": ("celestrak-starlink-20260530.tle", 9_500, "2026-05-30T12:00:00Z", DAY),
    "one": ("celestrak-starlink-20260530.tle", 1, "2026-05-30T12:00:00Z", ("0.0864", 1_000_000, 997)),
    "geo": ("celestrak-geo-20260530.tle", 0, "2026-05-30T12:00:00Z", DAY),
    "catalogue": ("celestrak-active-20260822.omm.csv", 0, "2026-08-22T12:00:00Z", DAY),
    "two-threads": ("celestrak-starlink-20260530.tle",),
    "passes": (passes.FILE,),
}


def largest_error(entries, start, step, chosen, positions):
    """The largest distance, metres, of positions[satellite, xyz, chosen] from python-sgp4."""
    import numpy

    worst = 0.0
    for entry, ours in zip(entries, positions):
        first = first_minutes(entry, start)
        for place, index in enumerate(chosen):
            error, reference, _ = entry[0].sgp4_tsince(first + index * (step / 60))
            if error:
                continue
            distance = float(numpy.linalg.norm(ours[:, place] - reference)) * 1_000
            # A state that an engine lacks is as wrong as can be.
            worst = max(worst, distance if distance == distance else float("inf"))
    return worst


def peer(engine, workload, path, runs):
    """Runs one peer in this process and prints its line."""
    import numpy

    _, limit, start, (step, times, every) = WORKLOADS[workload]
    entries = satellites(path, limit)
    step = float(step)
    jd, fraction = julian(start)
    minutes = numpy.arange(times) * (step / 60)
    days = numpy.full(times, jd), fraction + minutes / 1_440
    propagate, position = globals()[engine + "_engine"](entries, start, minutes, days)
    cpu = []
    for _ in range(runs + 1):
        began = time.process_time()
        propagate()
        cpu.append(time.process_time() - began)
    chosen = range(0, times, every)
    sampled = numpy.stack([position(s)[:, chosen] for s in range(len(entries))])
    report(engine, workload, len(entries) * times, cpu[1:],
           largest_error(entries, start, step, chosen, sampled))


def sgp4_engine(entries, start, minutes, days):
    from sgp4.api import SatrecArray

    array = SatrecArray([entry[0] for entry in entries])
    result = [None]

    def propagate():
        result[0] = array.sgp4(*days)

    return propagate, lambda s: result[0][1][s].T


def astroz_engine(entries, start, minutes, days):
    import numpy
    from astroz import _astroz

    records = [_astroz.Satrec.twoline2rv(entry[2], entry[3], _astroz.WGS72) for entry in entries]
    shape = (len(entries), len(minutes), 3)
    positions, velocities = numpy.zeros(shape), numpy.zeros(shape)
    if all(record.is_deep_space for record in records):
        def propagate():
            _astroz.sdp4_batch_propagate_into(records, *days, positions, velocities)
    elif len(records) == 1:
        def propagate():
            records[0].sgp4_array_into(*days, positions[0], velocities[0])
    else:
        constellation = _astroz.Sgp4Constellation(records, _astroz.WGS72)
        offsets = numpy.array([first_minutes(entry, start) for entry in entries])

        def propagate():
            constellation.propagate_into(minutes, positions, velocities, epoch_offsets=offsets)

    return propagate, lambda s: positions[s].T


def heyoka_engine(entries, start, minutes, days):
    import heyoka
    import numpy

    propagator = heyoka.model.sgp4_propagator([entry[0] for entry in entries])
    if len(entries) == 1:
        # Its batches are over satellites; one satellite at many times goes in as that many.
        times = first_minutes(entries[0], start) + minutes
        data = numpy.repeat(propagator.sat_data, len(minutes), axis=1)
        propagator = heyoka.model.sgp4_propagator(numpy.ascontiguousarray(data))
        out = numpy.zeros((7, len(minutes)))
        return lambda: propagator(times, out=out), lambda s: out[:3]
    offsets = numpy.array([first_minutes(entry, start) for entry in entries])
    times = offsets[None, :] + minutes[:, None]
    out = numpy.zeros((len(minutes), 7, len(entries)))
    return lambda: propagator(times, out=out), lambda s: out[:, :3, s].T


def skyfield_engine(entries, start, minutes, days):
    """Skyfield's TEME call, which leaves out its rotation to GCRS."""
    from skyfield.api import EarthSatellite, load

    scale = load.timescale(builtin=True)
    bodies = [EarthSatellite.from_satrec(entry[0], scale) for entry in entries]
    moments = scale.utc(*[int(part) for part in start[:10].split("-")], int(start[11:13]), minutes)
    result = [None]

    def propagate():
        result[0] = [body._position_and_velocity_TEME_km(moments)[0] for body in bodies]

    return propagate, lambda s: result[0][s]


def perigee(binary, workload, path, runs):
    """Runs Perigee's side and prints a line for each instruction set."""
    import numpy

    _, limit, start, (step, times, every) = WORKLOADS[workload]
    chosen = range(0, times, every)
    with tempfile.TemporaryDirectory() as folder:
        states = os.path.join(folder, "states")
        command = [binary, str(path or "walker"), start, step, str(times), str(runs), "1",
                   str(limit), states, str(every)]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        entries = satellites(path, limit) if path else None
        for line in map(json.loads, output.splitlines()):
            error = None
            if entries:
                file = f"{states}.{line['engine'].split()[1]}"
                positions = numpy.fromfile(file).reshape(len(entries), 3, len(chosen))
                error = largest_error(entries, start, float(step), chosen, positions)
            report(line["engine"], workload, line["propagations"], line["cpu_s"], error)


def two_threads(binary, path, runs):
    """Runs the constellation with one thread and with two, and prints the ratio of the fastest runs."""
    _, limit, start, (step, times, _) = WORKLOADS["constellation"]
    command = [binary, str(path or "walker"), start, step, str(times), str(runs), "2", str(limit)]
    line = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    one, two = min(line["wall_one_s"]), min(line["wall_s"])
    report(line["engine"], "two-threads", line["propagations"], line["cpu_s"], None,
           threads=line["threads"], wall_one_s=round(one, 5), wall_s=round(two, 5),
           ratio_to_one=round(one / two, 3), cpu_one_s=round(min(line["cpu_one_s"]), 5))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--perigee", help="the orbits-bench binary")
    parser.add_argument("--data", type=pathlib.Path, help="folder of element sets",
                        default=os.environ.get("PERIGEE_ELEMENTS_DATA") or ROOT / "../shared/data/elements")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--workload", action="append", choices=WORKLOADS)
    parser.add_argument("--engine", action="append", choices=["perigee", *PEERS, *passes.PEERS])
    parser.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)
    a = parser.parse_args()
    if a.alone:
        engine, path = a.alone
        workload = a.workload[0]
        path = path if path != "-" else None
        if workload == "two-threads":
            return two_threads(a.perigee, path, a.runs)
        if workload == "passes":
            return passes.perigee(a.perigee, path, a.runs) if engine == "perigee" else passes.peer(
                engine, path, a.runs)
        if engine == "perigee":
            return perigee(a.perigee, workload, path, a.runs)
        return peer(engine, workload, path, a.runs)
    for workload in a.workload or WORKLOADS:
        path = pathlib.Path(a.data) / WORKLOADS[workload][0]
        if not path.exists():
            print(f"run.py: no {path.name}: set PERIGEE_ELEMENTS_DATA", file=sys.stderr)
            path = None
        peers = passes.PEERS if workload == "passes" else PEERS
        for engine in a.engine or ["perigee", *peers]:
            if skips(engine, workload, path):
                continue
            command = [sys.executable, __file__, "--alone", engine, str(path or "-"),
                       "--workload", workload, "--runs", str(a.runs)]
            if a.perigee:
                command += ["--perigee", a.perigee]
            if shutil.which("taskset") and workload != "two-threads":
                command = ["taskset", "-c", str(max(os.sched_getaffinity(0))), *command]
            if subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": "1"}).returncode:
                print(f"run.py: {engine} failed on {workload}", file=sys.stderr)


def skips(engine, workload, path):
    """Whether an engine has no part in a workload."""
    if engine == "perigee":
        return path is None and workload not in ("constellation", "one", "two-threads")
    if workload == "passes":
        return path is None or engine not in passes.PEERS
    # The catalogue has objects that no TLE exists for, which is all astroz is fed here; heyoka knows no
    # deep space, and Skyfield's loop over satellites says nothing new there.
    return path is None or engine not in PEERS or workload == "two-threads" or (
        workload == "catalogue" and engine != "sgp4") or (workload == "geo" and engine == "heyoka")


if __name__ == "__main__":
    main()
