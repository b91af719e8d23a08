#!/usr/bin/env python3
"""One row of the table of completions: a gateway with some features under load over links as recorded.

  cell.py SPEC    where SPEC is JSON with the fields of `Spec`; prints one JSON object

Run it in a network namespace of its own (`rig.isolated`)."""

import asyncio
import json
import random
import sys
import time
from dataclasses import asdict, dataclass

import courses
from far import FIRST, WHOLE
from load import ask
from rig import Rig

WARM_UP = courses.SLOT  # seconds of load that are not counted


@dataclass
class Spec:
    perigee: str
    trace: str
    row: str
    start: float  # when the links' courses and the load begin, Unix time
    slots: int = 15
    seed: int = 1
    rate: float = 20  # requests a second
    late: float = 200  # milliseconds beyond the model's own time
    links: tuple = ("leo", "mobile")
    hedging: str = "off"
    resume: str = "no"
    closes: bool = False  # the model server closes after each answer
    fresh: bool = False  # every request over a new connection
    breaks: float = 0  # the share of streams that the model server breaks off


def plan(spec):
    """(seconds from the start, prompt, stream) of each request."""
    chance = random.Random(spec.seed)
    count = int(spec.slots * courses.SLOT * spec.rate)
    for number in range(count):
        at = (number + chance.random()) / spec.rate
        stream = chance.random() < 0.5
        is_broken, place = chance.random() < spec.breaks, chance.randrange(1, 60)
        yield at, f"{number} break={place}" if is_broken and stream else str(number), stream


def percentile(values, share):
    return round(sorted(values)[int(len(values) * share)], 1) if values else None


async def measure(spec):
    at = {"leo": courses.recorded(spec.trace, spec.slots, spec.seed),
          "mobile": courses.drawn(spec.slots * courses.SLOT, spec.seed)}
    async with Rig(spec.perigee, at, spec.start, spec.links, spec.hedging, spec.resume,
                   spec.closes) as rig:
        extra = "x-perigee-unsafe: true\r\n" if spec.fresh else ""
        asked, before = [], None
        for due, prompt, stream in plan(spec):
            await asyncio.sleep(max(0, spec.start + due - time.time()))
            if due >= WARM_UP and before is None:
                before = (await rig.stats(), len(asked))
            asked.append((stream, asyncio.create_task(ask(rig.port, prompt, stream, extra))))
        outcomes = [(stream, await task) for stream, task in asked]
        await asyncio.sleep(1)
        counted = outcomes[before[1]:]
        upstream = sum(event["event"] == "asked" and event["number"] >= before[1]
                       for event in rig.events)
        return summary(spec, counted, upstream, before[0], await rig.stats())


def summary(spec, outcomes, upstream, before, after):
    waits = [(outcome.first - outcome.began if stream else outcome.ended - outcome.began) * 1000
             - (FIRST if stream else WHOLE) * 1000
             for stream, outcome in outcomes if outcome.verdict == "right"]
    late = sum(wait > spec.late for wait in waits) + len(outcomes) - len(waits)
    verdicts = {}
    for _, outcome in outcomes:
        verdicts[outcome.verdict] = verdicts.get(outcome.verdict, 0) + 1
    return {
        "table": "completions", **{key: value for key, value in asdict(spec).items()
                                   if key not in ("perigee", "trace", "start")},
        "trace": spec.trace.rsplit("/", 1)[-1].removesuffix(".csv"),
        "requests": len(outcomes), "late_count": late, "failed": len(outcomes) - len(waits),
        "verdicts": verdicts, "extra_requests": upstream - len(outcomes),
        "p50_ms": percentile(waits, 0.5), "p99_ms": percentile(waits, 0.99),
        "link_bytes": {link: sum(after[link][key] - before[link][key]
                                 for key in ("bytesUp", "bytesDown")) for link in after},
        "lost_packets": {link: after[link]["lost"] - before[link]["lost"] for link in after},
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(Spec(**json.loads(sys.argv[1]))))))
