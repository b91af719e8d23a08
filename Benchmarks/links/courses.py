"""What links do from moment to moment, as lists of (milliseconds from the start, round trip in ms, below
zero where lost): excerpts of recordings, and a second link that is drawn from a seed."""

import csv
import math
import random

SLOT = 15  # seconds; slots of the recorded constellation begin 12 s after the minute
STEP_MS = 150  # the drawn link changes as often as the recorded one was asked


def recorded(path, slots, seed):
    """`slots` slots of a recording, spread evenly over it, one after the other.

    A lost ping stands in recordings at the time when it was given up, 5 s after it was sent, and nothing was
    asked meanwhile: the link counts as lossy for one step, and then as it was found next."""
    pings, before = {}, -math.inf
    with open(path) as file:
        for row in csv.DictReader(file):
            sent, rtt = float(row["unix_s"]) - 12, float(row["rtt_ms"])
            if rtt < 0:
                sent = max(min(sent, before + STEP_MS / 1000), sent - 5.2)
            before = sent
            pings.setdefault(int(sent // SLOT), []).append((sent % SLOT * 1000, rtt))
    whole = sorted(pings)[1:-1]
    shift = random.Random(seed).random()
    chosen = [whole[int((place + shift) * len(whole) / slots) % len(whole)]
              for place in range(slots)]
    return [(place * SLOT * 1000 + ms, rtt)
            for place, slot in enumerate(chosen) for ms, rtt in pings[slot]]


def drawn(seconds, seed):
    """A cellular link: 60 ms in the median, 4.75 % over 200 ms or lost, in stretches of a second or two.
    `perigee replay` draws its second link from the same law."""
    chance = random.Random(seed)
    course, is_bad, until = [], True, 0.0
    for place in range(int(seconds * 1000 / STEP_MS) + 1):
        ms = place * STEP_MS
        while until <= ms:
            is_bad = not is_bad
            mean = 1500 if is_bad else 1500 * (1 - 0.0457) / 0.0457
            until += chance.expovariate(1 / mean)
        if not is_bad:
            rtt = 58.5 * math.exp(chance.gauss(0, 0.42))
        elif chance.random() < 0.6:
            rtt = -1
        else:
            rtt = 200 + chance.expovariate(1 / 400)
        course.append((ms, rtt))
    return course


def steady(rtt):
    """A link that always takes as long."""
    return [(0, rtt)]


def write(course, path):
    with open(path, "w") as file:
        file.writelines(f"{ms:.3f} {rtt:.3f}\n" for ms, rtt in course)
