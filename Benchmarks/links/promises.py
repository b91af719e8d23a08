#!/usr/bin/env python3
"""What the gateway promises about time, measured by the clock over emulated links.

  promises.py PERIGEE TIMES    prints a JSON object for each promise; TIMES is how often each is tried

Run it in a network namespace of its own (`rig.isolated`)."""

import asyncio
import json
import random
import statistics
import sys

import courses
from load import ask
from rig import LINKS, Rig

CALM = {"leo": courses.steady(40), "mobile": courses.steady(60)}
# A sky of one satellite, which is over the island for some minutes a day.
ALMOST_EMPTY = """{name: sky, isls: none, minElevation: 25 deg, shells: [{name: one, planes: 1,
  satellitesPerPlane: 1, altitude: 550 km, inclination: 53 deg}]}"""


class Trial:
    def __init__(self, perigee, times):
        self.perigee, self.times = perigee, times
        self.number, self.chance = 0, random.Random(1)

    def rig(self, **options):
        return Rig(self.perigee, CALM, **options)

    def next(self):
        self.number += 1
        return self.number

    async def ask(self, rig, words="", stream=True, **options):
        return await ask(rig.port, f"{self.next()} {words}".strip(), stream, **options)

    async def warm(self, rig, count=60):
        """Enough answers for the gateway to know its paths."""
        for _ in range(count // 20):
            await asyncio.gather(*(self.ask(rig) for _ in range(20)))


def report(promise, bound, values, failures=()):
    """`values` are seconds, or whatever `bound` is in; None where it did not come at all."""
    missed = [value for value in values if value is None]
    known = sorted(value for value in values if value is not None)
    print(json.dumps({
        "table": "promises", "promise": promise, "bound": bound, "of": len(values),
        "median": round(statistics.median(known), 3) if known else None,
        "worst": None if missed or not known else round(known[-1], 3),
        "missed": len(missed), "failures": list(failures)[:5],
        "kept": bool(values) and not missed and known[-1] <= bound and not failures}), flush=True)


async def after_outage(trial):
    """The first request after a long outage, sent at the moment the links are back."""
    values, failures = [], []
    async with trial.rig() as rig:
        await trial.warm(rig, 20)
        for _ in range(trial.times):
            await rig.set(*LINKS, up=False)
            outage = asyncio.create_task(background(trial, rig, 0.5))
            await asyncio.sleep(trial.chance.uniform(6, 9))
            outage.cancel()
            await rig.set(*LINKS, up=True)
            outcome = await trial.ask(rig)
            values.append(outcome.first_ms / 1000 if outcome.verdict == "right" else None)
            if outcome.verdict != "right":
                failures.append(outcome.detail)
            await asyncio.sleep(1)
    report("first token after the links are back, s", 1.0, values, failures)


async def background(trial, rig, gap):
    """Asks all the time, as clients do."""
    async with asyncio.TaskGroup() as group:
        while True:
            group.create_task(trial.ask(rig))
            await asyncio.sleep(gap)


async def loser_cancelled(trial):
    """The slower of two attempts: from the winner's content at the client to the close at the upstream."""
    values, failures = [], []
    async with trial.rig(hedging="{budget: 50%, delay: 150ms}") as rig:
        await trial.warm(rig)
        for turn in range(trial.times * 3):
            number = trial.number + 1
            outcome = await trial.ask(rig, "slow=3000", stream=turn % 2 == 0, leave_after=None)
            closed = await rig.event(number, "closed", timeout=4)
            began = outcome.first if turn % 2 == 0 else outcome.ended
            if outcome.verdict != "right" or outcome.headers.get("x-perigee-attempts") != "2":
                failures.append(f"{outcome.verdict} {outcome.headers} {outcome.detail}")
            values.append(closed and max(0, closed["at"] - began))
    report("loser of a hedge closed at the upstream, s", 0.2, values, failures)


async def long_outage(trial, name, **options):
    """Every request of a long outage: an honest 503 in time."""
    values, failures = [], []
    async with trial.rig(**options) as rig:
        if "constellation" not in options:
            await trial.warm(rig, 20)
        await rig.set(*LINKS, up=False)
        asked = []
        for _ in range(trial.times * 4):
            asked.append(asyncio.create_task(trial.ask(rig, stream=len(asked) % 2 == 0)))
            await asyncio.sleep(0.5)
        for outcome in await asyncio.gather(*asked):
            values.append(outcome.ended - outcome.began)
            if outcome.status != 503 or "retry-after" not in outcome.headers:
                failures.append(f"{outcome.verdict} {outcome.status} {outcome.detail}")
    report(f"503 with Retry-After in {name}, s", 5.0, values, failures)


async def short_outage(trial):
    """Requests before, in and after outages of 1.5 s."""
    failures, longest, count = [], [], 0
    async with trial.rig() as rig:
        await trial.warm(rig, 20)
        for _ in range(trial.times):
            asked = []
            for tick in range(30):
                if tick == 5:
                    await rig.set(*LINKS, up=False)
                if tick == 20:
                    await rig.set(*LINKS, up=True)
                asked.append(asyncio.create_task(trial.ask(rig, stream=tick % 2 == 0)))
                await asyncio.sleep(0.1)
            outcomes = await asyncio.gather(*asked)
            count += len(outcomes)
            failures += [f"{o.verdict} {o.status} {o.detail}" for o in outcomes if o.verdict != "right"]
            longest.append(max(outcome.ended - outcome.began for outcome in outcomes))
    report(f"1.5 s outage ridden through by all of {count} requests; the slowest answer of each, s",
           5.0, longest, failures)


async def client_leaves(trial):
    """A client that closes in the middle of a stream, before its first token, and waiting for a whole answer."""
    values, failures = [], []
    async with trial.rig() as rig:
        await trial.warm(rig, 20)
        for turn in range(trial.times * 3):
            number = trial.number + 1
            if turn % 3 == 0:
                outcome = await trial.ask(rig, leave_after=10)
            else:
                outcome = await trial.ask(rig, "slow=3000", stream=turn % 3 == 1, timeout=0.3)
            closed = await rig.event(number, "closed", timeout=4)
            values.append(closed and max(0, closed["at"] - outcome.ended))
    report("a client's leaving seen by the upstream, s", 0.2, values, failures)


async def main(perigee, times):
    trial = Trial(perigee, times)
    await after_outage(trial)
    await loser_cancelled(trial)
    await long_outage(trial, "an outage that nobody knew of")
    await long_outage(trial, "an outage that the forecast has, beyond its end", links=("leo",),
                      constellation=ALMOST_EMPTY)
    await short_outage(trial)
    await client_leaves(trial)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
