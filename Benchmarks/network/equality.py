#!/usr/bin/env python3
"""Compares Perigee's round trips with satgenpy's on its exact graphs: both constellations, all four rules.

    equality.py --perigee Benchmarks/network/.build/release/network-bench [--times 96] [--tables 2]

Two comparisons for each constellation and rule, over 16 far and 8 near city pairs: with satgenpy's links,
every length by its ephem calls, and scipy's Dijkstra over them, at `--times` times of an orbit; and with
satgenpy's own algorithm, its next hops followed station by station, at `--tables` of them (about 5 s a
table). Prints a JSON line for each: round trips compared, the largest difference in microseconds, and
the same with ephem's lengths put right, and the mismatches of reachability. Ends with status 1 where a difference is 2 microseconds or more, or
anything mismatches.

algorithm_paired_many_only_over_isls pairs a station with its nearest satellite. Where its two nearest are
as good as equally far, by less than the lengths' own disagreement, either is right and the ways differ
altogether: those round trips are counted as `ambiguous` and left out.
"""

import argparse
import contextlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy
from graph import LIGHT_KM_S, SHELLS, ground_links, solve, stations
from hypatia import ALGORITHMS, Network
from satgen.distance_tools import (
    distance_m_between_satellites, distance_m_ground_station_to_satellite)

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ORBIT_S = 5_730
PAIRS = [
    ("New-York-Newark", "London"), ("London", "Singapore"), ("Los-Angeles-Long-Beach-Santa-Ana", "Tokyo"),
    ("Los-Angeles-Long-Beach-Santa-Ana", "New-York-Newark"), ("Istanbul", "Nairobi"),
    ("London", "Johannesburg"), ("Rio-de-Janeiro", "Sankt-Peterburg-(Saint-Petersburg)"),
    ("Manila", "Dalian"), ("Paris", "Moskva-(Moscow)"), ("Lagos", "São-Paulo"), ("Mumbai-(Bombay)", "London"),
    ("Chicago", "Paris"), ("Tokyo", "São-Paulo"), ("Delhi", "New-York-Newark"), ("Jakarta", "Lagos"),
    ("Singapore", "Johannesburg"),
]
# Neighbours within one satellite of each other, or with another station between them: what
# algorithm_free_one_only_gs_relays reaches at all.
NEAR = [
    ("London", "Paris"), ("Chicago", "New-York-Newark"), ("Beijing", "Shanghai"), ("Karachi", "Delhi"),
    ("Karachi", "Kolkata-(Calcutta)"), ("Seoul", "Shanghai"), ("Tokyo", "Shanghai"),
    ("Washington--D.C.", "Chicago"),
]


def measured(network, second):
    """Laser lengths, and slant ranges [station, satellite], kilometres, by satgenpy's own calls."""
    epoch, time = network.times(second)
    lasers = [distance_m_between_satellites(network.satellites[a], network.satellites[b], epoch, time)
              for a, b in network.isls]
    ranges = [[distance_m_ground_station_to_satellite(station, satellite, epoch, time)
               for satellite in network.satellites] for station in network.stations]
    ranges = numpy.array(ranges) / 1_000
    ranges[ranges > network.shell.range_km] = numpy.inf
    return numpy.array(lasers) / 1_000, ranges


def perigee(binary, argument, csv, rule, times, count):
    """Perigee's kilometres, [time, from, to]."""
    result = []
    with tempfile.NamedTemporaryFile() as file:
        for time in times:
            subprocess.run([binary, "distances", argument, csv, rule, str(time), "1", "1", file.name],
                           check=True)
            result.append(numpy.fromfile(file.name).reshape(count, count))
    return numpy.array(result)


# Two nearest satellites within this are equally far: ephem computes in part with single precision.
AMBIGUOUS_KM = 0.02


# ephem turns SGP4's earth radii (WGS72's 6,378.135 km) into metres with 6,378.16 km, so that all of
# satgenpy's lengths are 3.9e-6 too long: a microsecond in a round trip of 255 ms.
ONE_RADIUS = 6_378.135 / 6_378.16


def clear(ranges, rule, pairs):
    """By pair: whether the rule leaves no doubt about the satellites of both ends."""
    if rule != "nearestOverLasers":
        return [True] * len(pairs)
    nearest = numpy.sort(ranges, axis=1)[:, :2]
    doubtful = nearest[:, 1] < nearest[:, 0] + AMBIGUOUS_KM
    return [not (doubtful[a] or doubtful[b]) for a, b in pairs]


def compare(constellation, rule, against, ours, theirs, pairs, is_clear):
    """Prints a line, and says whether all is equal."""
    is_clear = numpy.array(is_clear)
    ours, theirs = (numpy.array([[km[pair] for pair in pairs] for km in kms])[is_clear]
                    for kms in (ours, theirs))
    mismatches = int((numpy.isfinite(ours) != numpy.isfinite(theirs)).sum())
    both = numpy.isfinite(ours) & numpy.isfinite(theirs)

    def largest(scale):
        return float(abs(ours[both] - theirs[both] * scale).max(initial=0)) * 2 / LIGHT_KM_S * 1e6

    worst = largest(1)
    print(json.dumps({
        "constellation": constellation, "rule": rule, "against": against, "compared": ours.size,
        "ambiguous": int((~is_clear).sum()), "reachable": int(both.sum()), "max_error_us": round(worst, 4),
        "max_error_us_one_radius": round(largest(ONE_RADIUS), 4), "mismatches": mismatches,
    }), flush=True)
    return mismatches == 0 and worst < 2


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--perigee", required=True, help="the network-bench binary")
    parser.add_argument("--data", default=os.environ.get("PERIGEE_NETWORK_DATA") or ROOT / "../shared/data/network")
    parser.add_argument("--times", type=int, default=96)
    parser.add_argument("--tables", type=int, default=2)
    parser.add_argument("--constellation", action="append", choices=["starlink", "kuiper"])
    a = parser.parse_args()
    known = {place[0]: place for place in stations(pathlib.Path(a.data) / "ground_stations_top100.csv")}
    names = sorted({name for pair in PAIRS + NEAR for name in pair})
    places = [known[name] for name in names]
    pairs = [(names.index(x), names.index(y)) for x, y in PAIRS + NEAR]
    times = [round(ORBIT_S * k / a.times, 3) for k in range(a.times)]
    own = times[:: max(1, a.times // max(1, a.tables))][: a.tables]
    is_equal = True
    with tempfile.TemporaryDirectory() as folder:
        csv = os.path.join(folder, "stations.csv")
        with open(csv, "w", encoding="utf-8") as file:
            file.writelines(f"{i},{n},{x!r},{y!r}\n" for i, (n, x, y) in enumerate(places))
        for constellation in a.constellation or ["starlink", "kuiper"]:
            shell = SHELLS[constellation]
            network = Network(shell, places)
            tles = os.path.join(folder, constellation)
            pathlib.Path(tles).write_text(network.tles, encoding="utf-8")
            argument = f"{shell.planes},{shell.slots},{tles},{shell.range_km!r}"
            links = [measured(network, time) for time in times]
            ends = numpy.array(network.isls)
            for rule in ALGORITHMS:
                name = rule.split(",")[0]
                ours = perigee(a.perigee, argument, csv, name, times, len(places))
                is_clear = [clear(ranges, name, pairs) for _, ranges in links]
                if "," not in rule:
                    theirs = []
                    for lasers, ranges in links:
                        km, _ = solve(network.count, len(places), ends[:, 0], ends[:, 1], lasers,
                                      *ground_links(ranges, name), name)
                        theirs.append(km[:, network.count:])
                    is_equal &= compare(constellation, ALGORITHMS[rule], "satgenpy's links, scipy", ours,
                                        theirs, pairs, is_clear)
                with contextlib.redirect_stdout(io.StringIO()):
                    theirs = [network.distances(t, network.table(t, rule, folder)) for t in own]
                index = [times.index(t) for t in own]
                is_equal &= compare(constellation, ALGORITHMS[rule], "satgenpy's tables", ours[index], theirs,
                                    pairs, [is_clear[i] for i in index])
    sys.exit(0 if is_equal else 1)


if __name__ == "__main__":
    main()
