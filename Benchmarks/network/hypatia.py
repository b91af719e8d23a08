"""satgenpy's own tables: its constellation, its links, its algorithms, and the ways they lead."""

import pathlib
import tempfile

import numpy
import satgen
from satgen.distance_tools import (
    distance_m_between_satellites, distance_m_ground_station_to_satellite)
from satgen.dynamic_state.generate_dynamic_state import generate_dynamic_state_at

ALGORITHMS = {
    "overLasers": "algorithm_free_one_only_over_isls",
    "overLasers, many": "algorithm_free_gs_one_sat_many_only_over_isls",
    "nearestOverLasers": "algorithm_paired_many_only_over_isls",
    "overStations": "algorithm_free_one_only_gs_relays",
}


class Network:
    """One of satgenpy's constellations with some ground stations."""

    def __init__(self, shell, places):
        self.shell, self.places = shell, places
        self.count = shell.planes * shell.slots
        with tempfile.TemporaryDirectory() as folder:
            tles, isls = (str(pathlib.Path(folder) / name) for name in ("tles", "isls"))
            satgen.generate_tles_from_scratch_manual(
                tles, "s", shell.planes, shell.slots, True, shell.inclination_deg, 1e-7, 0,
                shell.rev_per_day)
            read = satgen.read_tles(tles)
            # The first line counts planes and slots.
            self.tles = pathlib.Path(tles).read_text(encoding="utf-8").split("\n", 1)[1]
            self.isls = satgen.generate_plus_grid_isls(isls, shell.planes, shell.slots, 0)
        self.satellites, self.epoch = read["satellites"], read["epoch"]
        self.stations = [
            {"gid": number, "name": name, "latitude_degrees_str": str(latitude),
             "longitude_degrees_str": str(longitude), "elevation_m_float": 0.0}
            for number, (name, latitude, longitude) in enumerate(places)]

    def times(self, second):
        """The epoch and the time as satgenpy gives them to ephem."""
        from astropy import units

        return str(self.epoch), str(self.epoch + second * 1e9 * units.ns)

    def table(self, second, rule, folder):
        """The next hops that satgenpy works out: {(node, station): node}."""
        many = rule in ("overLasers, many", "nearestOverLasers")
        shared = float(len(self.stations)) if rule == "overLasers, many" else 1.0
        interfaces = [
            {"number_of_interfaces": len(self.stations) if many and node < self.count else 1,
             "aggregate_max_bandwidth": shared if node < self.count else 1.0}
            for node in range(self.count + len(self.stations))]
        state = generate_dynamic_state_at(
            str(folder), self.epoch, int(second * 1_000_000_000), self.satellites, self.stations,
            [] if rule == "overStations" else self.isls, interfaces, self.shell.range_km * 1_000,
            1e12, ALGORITHMS[rule], None, False)
        return {ends: hop[0] for ends, hop in state["fstate"].items()}

    def distances(self, second, table):
        """Kilometres between stations along the next hops of a table; infinite where there is no way."""
        lengths = {}
        km = numpy.full((len(self.stations), len(self.stations)), numpy.inf)
        for start in range(len(self.stations)):
            for end in range(len(self.stations)):
                km[start, end] = self.follow(second, table, start, end, lengths)
        return km

    def follow(self, second, table, start, end, lengths):
        """The length of the way that a table leads from one station to another, kilometres."""
        node, target = self.count + start, self.count + end
        metres = 0.0
        while node != target:
            following = table[(node, target)]
            if following < 0:
                return numpy.inf
            link = (min(node, following), max(node, following))
            if link not in lengths:
                lengths[link] = self.metres(second, *link)
            metres += lengths[link]
            node = following
        return metres / 1_000

    def metres(self, second, a, b):
        """How long a link is by ephem."""
        times = self.times(second)
        if b < self.count:
            return distance_m_between_satellites(self.satellites[a], self.satellites[b], *times)
        return distance_m_ground_station_to_satellite(
            self.stations[b - self.count], self.satellites[a], *times)
