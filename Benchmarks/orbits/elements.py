"""Element sets for the peers, and the times they are asked for."""

import csv
import datetime


def satellites(path, limit):
    """The satellites of a TLE or OMM CSV file for python-sgp4, with their epochs."""
    from sgp4 import omm
    from sgp4.api import Satrec

    found = []
    if str(path).endswith(".csv"):
        with open(path, encoding="utf-8") as file:
            for row in csv.DictReader(file):
                satellite = Satrec()
                omm.initialize(satellite, row)
                found.append((satellite, datetime.datetime.fromisoformat(row["EPOCH"])))
    else:
        lines = [line.rstrip() for line in open(path, encoding="utf-8")]
        for one, two in zip(lines, lines[1:]):
            if one.startswith("1 ") and two.startswith("2 "):
                found.append((Satrec.twoline2rv(one, two), None, one, two))
    return found[:limit] if limit else found


def moment(start):
    """A start of the form 2026-05-30T12:00:00Z, without a time zone."""
    return datetime.datetime.fromisoformat(start.replace("Z", ""))


def julian(start):
    from sgp4.api import jday

    t = moment(start)
    return jday(t.year, t.month, t.day, t.hour, t.minute, t.second)


def first_minutes(entry, start):
    """Minutes from a satellite's epoch to the start, without the rounding of a Julian date."""
    if entry[1] is not None:
        return (moment(start) - entry[1]).total_seconds() / 60
    jd, fraction = julian(start)
    satellite = entry[0]
    return (jd - satellite.jdsatepoch) * 1_440 + (fraction - satellite.jdsatepochF) * 1_440
