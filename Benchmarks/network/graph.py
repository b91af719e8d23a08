"""The benchmark's graph: satellites, stations and links as satgenpy builds them, for numpy and scipy.

Everything here is independent of Perigee: python-sgp4, GMST 1982, the WGS72 ellipsoid.
"""

import csv
import dataclasses
import math

import numpy
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from sgp4.api import WGS72, Satrec, SatrecArray, jday

LIGHT_KM_S = 299_792.458
EPOCH = jday(2000, 1, 1, 0, 0, 0)


@dataclasses.dataclass(frozen=True)
class Shell:
    """One shell with +Grid links, and the slant range of ground links."""

    planes: int
    slots: int
    rev_per_day: float
    inclination_deg: float
    range_km: float

    @property
    def argument(self):
        """The shell as network-bench reads it."""
        return ",".join(str(v) for v in dataclasses.astuple(self))


# Both constellations of satgenpy's studies, and two large shells at Starlink's altitude.
SHELLS = {
    "starlink": Shell(72, 22, 15.19, 53, math.hypot(940.7, 550)),
    "kuiper": Shell(34, 34, 14.80, 51.9, 1_260),
    "10000": Shell(100, 100, 15.19, 53, math.hypot(940.7, 550)),
    "30000": Shell(200, 150, 15.19, 53, math.hypot(940.7, 550)),
}


def stations(path):
    """Names, latitudes and longitudes (degrees) of a CSV file's stations."""
    with open(path, encoding="utf-8") as file:
        return [(row[1], float(row[2]), float(row[3])) for row in csv.reader(file)]


class Graph:
    """The table of next hops and distances by scipy's Dijkstra, one run from each station."""

    def __init__(self, shell, places):
        self.shell = shell
        count = shell.planes * shell.slots
        records = []
        for p in range(shell.planes):
            for s in range(shell.slots):
                record = Satrec()
                shift = 180 / shell.slots if p % 2 else 0
                record.sgp4init(
                    WGS72, "i", len(records) + 1, EPOCH[0] + EPOCH[1] - 2433281.5, 0, 0, 0, 1e-7, 0,
                    math.radians(shell.inclination_deg),
                    math.radians((360 * s / shell.slots + shift) % 360),
                    shell.rev_per_day * 2 * math.pi / 1_440, math.radians(360 * p / shell.planes))
                records.append(record)
        self.satellites = SatrecArray(records)
        self.count = count
        grid = numpy.arange(count).reshape(shell.planes, shell.slots)
        self.a = numpy.concatenate([grid.ravel(), grid.ravel()])
        self.b = numpy.concatenate([numpy.roll(grid, -1, 1).ravel(), numpy.roll(grid, -1, 0).ravel()])
        a, f = 6_378.135, 1 / 298.26
        e2 = 2 * f - f * f
        lat, lon = (numpy.radians([p[i] for p in places]) for i in (1, 2))
        n = a / numpy.sqrt(1 - e2 * numpy.sin(lat) ** 2)
        self.ground = numpy.stack([n * numpy.cos(lat) * numpy.cos(lon), n * numpy.cos(lat) * numpy.sin(lon),
                                   n * (1 - e2) * numpy.sin(lat)], 1)

    def positions(self, second):
        """Earth-fixed positions, kilometres."""
        _, teme, _ = self.satellites.sgp4(numpy.array([EPOCH[0]]),
                                          numpy.array([EPOCH[1] + second / 86_400]))
        r = teme[:, 0]
        t = ((EPOCH[0] - 2_451_545) + EPOCH[1] + second / 86_400) / 36_525
        gmst = 67_310.54841 + (876_600 * 3_600 + 8_640_184.812866) * t + 0.093104 * t * t - 6.2e-6 * t ** 3
        angle = math.radians(gmst % 86_400 / 240)
        c, s = math.cos(angle), math.sin(angle)
        return numpy.stack([c * r[:, 0] + s * r[:, 1], c * r[:, 1] - s * r[:, 0], r[:, 2]], 1)

    def links(self, second, rule="overLasers"):
        """Laser lengths (as self.a, self.b), and station, satellite and length of ground links."""
        r = self.positions(second)
        lasers = numpy.linalg.norm(r[self.a] - r[self.b], axis=1)
        d = numpy.linalg.norm(self.ground[:, None, :] - r[None], axis=2)
        d[d > self.shell.range_km] = numpy.inf
        return lasers, *ground_links(d, rule)

    def table(self, second, rule="overLasers"):
        """Kilometres and next hops from every node to every station: [station, node]."""
        return solve(self.count, len(self.ground), self.a, self.b, *self.links(second, rule), rule)


def ground_links(d, rule):
    """The links of a matrix of slant ranges [station, satellite], infinite out of range."""
    if rule == "nearestOverLasers":
        nearest = d.argmin(1)
        kept = numpy.full_like(d, numpy.inf)
        rows = numpy.arange(len(d))
        kept[rows, nearest] = d[rows, nearest]
        d = kept
    station, satellite = numpy.nonzero(numpy.isfinite(d))
    return station, satellite, d[station, satellite]


def solve(satellites, stations, a, b, lasers, station, satellite, ranges, rule):
    """Distances and next hops: nodes are satellites, then stations; scipy's Dijkstra does the work.

    Stations never relay unless the rule is overStations: a station is one node to start from and
    another to arrive at, so none is passed through.
    """
    arrive = satellites if rule == "overStations" else satellites + stations
    start, end = satellites + station, arrive + station
    if rule == "overStations":
        a, b, lasers = a[:0], b[:0], lasers[:0]
    rows = numpy.concatenate([a, b, start, satellite])
    columns = numpy.concatenate([b, a, satellite, end])
    weights = numpy.concatenate([lasers, lasers, ranges, ranges])
    size = arrive + stations
    graph = csr_matrix((weights, (rows, columns)), (size, size))
    km, before = dijkstra(graph, indices=numpy.arange(satellites, satellites + stations),
                          return_predecessors=True)
    nodes = numpy.r_[0:satellites, arrive:arrive + stations]
    return km[:, nodes], before[:, nodes]
