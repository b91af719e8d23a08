"""Passes of Starlink satellites over ten cities: engines, and the reference they are held against.

The reference is python-sgp4 on a grid of one second with GMST82 and WGS84 as Vallado gives them, each
crossing of the mask refined by bisection. Passes that the window cuts and those shorter than a second
are left out of the comparison: engines tell them differently, and the grid may overlook the latter.
"""

import collections
import csv
import datetime
import json
import os
import subprocess
import tempfile
import time

from elements import julian, moment, satellites
from report import report

FILE, START, HOURS, MASK_DEG = "celestrak-starlink-20260530.tle", "2026-05-30T12:00:00Z", 24, 25
SECONDS = HOURS * 3_600
PLACES = [
    (47.61, -122.33), (51.51, -0.13), (35.69, 139.69), (-33.87, 151.21), (-23.55, -46.64),
    (28.67, 77.22), (64.15, -21.94), (1.35, 103.82), (-53.16, -70.92), (30.05, 31.25),
]
# How many satellites each engine is asked for: slow ones get a part, and rates are for each unit.
SATELLITES = {"perigee": 1_000, "sgp4-predict": 100, "sgp4-predict 30 s": 100, "skyfield": 20}
PEERS = [engine for engine in SATELLITES if engine != "perigee"]
# The satellites that the reference is worked out for.
CHECKED = 100


def observers():
    """Places and directions of the zenith, earth-fixed, kilometres (WGS84)."""
    import numpy

    latitude, longitude = numpy.radians(numpy.array(PLACES)).T
    up = numpy.stack([numpy.cos(latitude) * numpy.cos(longitude),
                      numpy.cos(latitude) * numpy.sin(longitude), numpy.sin(latitude)], axis=1)
    a, f = 6378.137, 1 / 298.257223563
    e2 = f * (2 - f)
    n = a / numpy.sqrt(1 - e2 * up[:, 2] ** 2)
    return up * (n[:, None] * numpy.array([1, 1, 1 - e2])), up


def sine_of_elevation(satellite, seconds, place, up):
    """The sine of a satellite's elevation over places, at seconds from the start: [place, time]."""
    import numpy

    jd, fraction = julian(START)
    days = fraction + seconds / 86_400
    _, position, _ = satellite.sgp4_array(numpy.full(len(seconds), jd), days)
    t = ((jd - 2_451_545) + days) / 36_525
    turns = (jd - 2_451_545) % 1 + days
    sidereal = 67_310.54841 + 86_400 * turns + t * (8_640_184.812866 + t * (0.093104 - t * 6.2e-6))
    angle = sidereal % 86_400 * (2 * numpy.pi / 86_400)
    sine, cosine = numpy.sin(angle), numpy.cos(angle)
    x, y, z = position.T
    x, y = cosine * x + sine * y, cosine * y - sine * x
    line = [c[None, :] - p[:, None] for c, p in zip((x, y, z), place.T)]
    height = sum(c * u[:, None] for c, u in zip(line, up.T))
    return height / numpy.sqrt(sum(c * c for c in line))


def reference(entries):
    """Passes by satellite and place: (AOS, LOS) in seconds from the start."""
    import numpy

    place, up = observers()
    mask = numpy.sin(numpy.radians(MASK_DEG))
    grid = numpy.arange(SECONDS + 1, dtype=float)
    passes = {}
    for index, entry in enumerate(entries):
        above = sine_of_elevation(entry[0], grid, place, up) >= mask
        where, before = numpy.nonzero(above[:, 1:] != above[:, :-1])
        rises = above[where, before + 1]
        low, high = grid[before], grid[before + 1]
        for _ in range(20):
            middle = (low + high) / 2
            is_up = sine_of_elevation(entry[0], middle, place, up)[where, range(len(where))] >= mask
            low, high = numpy.where(is_up == rises, low, middle), numpy.where(is_up == rises, middle, high)
        for p in range(len(PLACES)):
            edges = list(high[where == p])
            if above[p, 0]:
                edges.insert(0, 0.0)
            if above[p, -1]:
                edges.append(float(SECONDS))
            passes[index, p] = list(zip(edges[::2], edges[1::2]))
    return passes


def compare(found, expected):
    """Whole passes expected, missed and invented, and the largest error of an AOS or LOS, seconds."""
    total, missed, invented, worst = 0, 0, 0, 0.0

    def is_whole(span):
        return 1 < span[0] and span[1] < SECONDS - 1 and span[1] - span[0] > 1

    for key, spans in expected.items():
        ours = found.get(key, [])
        for span in filter(is_whole, spans):
            total += 1
            same = [other for other in ours if other[0] < span[1] and span[0] < other[1]]
            if len(same) != 1:
                missed += 1
                continue
            worst = max(worst, abs(same[0][0] - span[0]), abs(same[0][1] - span[1]))
        for span in filter(is_whole, ours):
            if not any(other[0] < span[1] and span[0] < other[1] for other in spans):
                invented += 1
    return total, missed, invented, worst


def tell(engine, cpu, units, found, entries):
    total, missed, invented, worst = compare(found, reference(entries))
    median = sorted(cpu)[len(cpu) // 2]
    report(engine, "passes", None, cpu, None, count=units, satellite_station_days=units,
           ms_each=float(f"{median / units * 1e3:.3g}"), compared=total, missed=missed,
           invented=invented, aos_los_error_s=float(f"{worst:.3g}"))


def peer(engine, path, runs):
    """Runs one peer in this process and prints its line."""
    entries = satellites(path, SATELLITES[engine])
    find = {"skyfield": skyfield, "sgp4-predict": sgp4_predict,
            "sgp4-predict 30 s": lambda e: sgp4_predict(e, datetime.timedelta(seconds=30))}[engine]
    search = find(entries)
    cpu, found = [], {}
    for _ in range(runs):
        began = time.process_time()
        found = search()
        cpu.append(time.process_time() - began)
    tell(engine, cpu, len(entries) * len(PLACES), found, entries)


def skyfield(entries):
    from skyfield.api import EarthSatellite, load, wgs84

    scale = load.timescale(builtin=True)
    start = moment(START)
    first, last = (scale.utc(start.year, start.month, start.day, start.hour + h) for h in (0, HOURS))
    bodies = [EarthSatellite.from_satrec(entry[0], scale) for entry in entries]
    places = [wgs84.latlon(*place) for place in PLACES]

    def search():
        found = {}
        for s, body in enumerate(bodies):
            for p, place in enumerate(places):
                times, events = body.find_events(place, first, last, altitude_degrees=MASK_DEG)
                rise, spans = None, []
                for when, event in zip((times.tt - first.tt) * 86_400, events):
                    if event == 0:
                        rise = when
                    elif event == 2 and rise is not None:
                        spans.append((rise, when))
                        rise = None
                found[s, p] = spans
        return found

    return search


def sgp4_predict(entries, step=None):
    from sgp4_predict import GeodeticPoint, Interval, Predictor, Tle

    start = moment(START).replace(tzinfo=datetime.timezone.utc)
    window = Interval(start, start + datetime.timedelta(hours=HOURS))
    predictors = [Predictor.from_tle(Tle("", entry[2], entry[3])) for entry in entries]
    places = [GeodeticPoint(*place, 0.0) for place in PLACES]
    options = {} if step is None else {"min_step": step, "max_step": step}

    def search():
        return {
            (s, p): [((t.start - start).total_seconds(), (t.end - start).total_seconds())
                     for t in predictor.transits_iter(place, window, MASK_DEG, **options)]
            for s, predictor in enumerate(predictors) for p, place in enumerate(places)}

    return search


def perigee(binary, path, runs):
    """Runs Perigee's side and prints its line."""
    places = ";".join(f"{latitude},{longitude}" for latitude, longitude in PLACES)
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "found")
        command = [binary, "passes", str(path), START, str(HOURS), str(MASK_DEG), places, str(runs),
                   str(SATELLITES["perigee"]), file]
        line = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        found = collections.defaultdict(list)
        with open(file, encoding="utf-8") as rows:
            for satellite, place, aos, los in csv.reader(rows):
                found[int(satellite), int(place)].append((float(aos), float(los)))
    tell(line["engine"], line["cpu_s"], line["satellites"] * len(PLACES), found,
         satellites(path, CHECKED))
