#!/usr/bin/env python3
"""Chaos for real: a node under load while its backends and links are killed, stalled, half-closed and
corrupted. Every accepted request must end exactly once, with the right bytes or an honest error.

  Tests/Chaos/run.py --perigee .build/release/perigee --seconds 300 --seed 1

Prints one JSON object; exits with 1 if any request ended otherwise, or if the node is not as good as new
once the chaos is over. The same seed gives the same mischief, though not the same interleaving."""

import argparse
import asyncio
import json
import random
import re
import signal
import ssl
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

from client import OUTCOMES, ask
from relay import Relay
from upstream import Upstream

MANIFEST = """
name: chaos
gateway: {{site: island, trust: [{folder}/authority.pem]}}
sites:
  - name: island
    kind: terminal
    position: {{lat: 53, lon: 3}}
    uplinks:
      - {{name: north, kind: fiber, landsAt: pop, stretch: 1.2, up: 100 Mbit/s, down: 100 Mbit/s}}
      - {{name: south, kind: fiber, landsAt: pop, stretch: 3, up: 100 Mbit/s, down: 100 Mbit/s}}
  - {{name: pop, kind: pop, position: {{lat: 50.1, lon: 8.7}}}}
  - {{name: region, kind: region, position: {{lat: 50.1, lon: 8.6}}}}
fibers: [{{from: pop, to: region, stretch: 1.1}}]
backends:
  - {{name: near, site: island, url: "http://127.0.0.1:{near}/v1", models: [{{name: m}}]{resume}}}
  - {{name: far, site: region, url: "http://127.0.0.1:{far}/v1", models: [{{name: m}}]{resume}}}
  - {{name: secure, site: island, url: "https://localhost:{secure}/v1", models: [{{name: m}}]{resume}}}
"""


def certificate(folder):
    """A certificate for localhost that the node is told to trust."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", f"{folder}/key.pem", "-out", f"{folder}/authority.pem"],
        check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/authority.pem", f"{folder}/key.pem")
    return context


class Chaos:
    def __init__(self, options):
        self.options = options
        self.random = random.Random(options.seed)
        self.outcomes = {name: 0 for name in OUTCOMES}
        self.details, self.first, self.hurts = {}, [], {}
        self.asked = 0
        self.calm = False

    async def run(self, folder):
        tls = certificate(folder)
        self.upstreams = {
            name: Upstream(name, self.options.seed + index, tls if name == "secure" else None)
            for index, name in enumerate(["near", "far", "secure"])}
        self.relays = {name: Relay(await up.start()) for name, up in self.upstreams.items()}
        ports = {name: await relay.start() for name, relay in self.relays.items()}
        resume = "" if self.options.no_resume else ", resume: prefill"
        manifest = f"{folder}/fleet.yaml"
        Path(manifest).write_text(MANIFEST.format(folder=folder, resume=resume, **ports))
        self.node = await asyncio.create_subprocess_exec(
            self.options.perigee, "up", manifest, "--listen", "127.0.0.1:0", "--state",
            f"{folder}/state", stdout=asyncio.subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            await self.until_ready()
            return await self.test()
        finally:
            if self.node.returncode is None:
                self.node.send_signal(signal.SIGKILL)
                await self.node.wait()

    async def until_ready(self):
        text = ""
        while line := (await self.node.stdout.readline()).decode():
            text += line
            if match := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                self.port = int(match[1])
            if line.startswith("ready"):
                self.drain = asyncio.create_task(self.node.stdout.read())
                return
        sys.exit(f"the node did not start:\n{text}")

    async def test(self):
        await asyncio.gather(*(self.load(f"warm-{i}", 3) for i in range(4)))
        before = self.resident()
        hurting = asyncio.create_task(self.hurt())
        workers = [asyncio.create_task(self.load(f"w{i}")) for i in range(self.options.clients)]
        await asyncio.sleep(self.options.seconds)
        self.calm = True
        await hurting
        await asyncio.gather(*workers)
        await asyncio.sleep(3)
        in_chaos = dict(self.outcomes)
        after = [await ask(self.port, f"after-{i}", i % 2 == 0) for i in range(20)]
        recovered = sum(outcome == "right" for outcome, _, _ in after)
        return self.report(in_chaos, recovered, before)

    async def load(self, name, count=None):
        """Asks one question after the other, half of them for streams."""
        number = 0
        while number < count if count else not self.calm:
            number += 1
            self.asked += 1
            outcome, detail, first = await ask(self.port, f"{name}-{number}", number % 2 == 0)
            self.outcomes[outcome] += 1
            if outcome != "right":
                key = f"{outcome} {detail}"
                self.details[key] = self.details.get(key, 0) + 1
            if first is not None and outcome == "right":
                self.first.append(first)
            await asyncio.sleep(0.01)

    async def hurt(self):
        """Every second or so something breaks, or heals."""
        while not self.calm:
            name = self.random.choice(list(self.relays))
            states = ["pass", "down", "stall", "half"] + (["corrupt"] * 2 if name == "secure" else [])
            state = self.random.choice(states)
            self.hurts[state] = self.hurts.get(state, 0) + 1
            self.relays[name].set(state)
            for upstream in self.upstreams.values():
                upstream.probability = self.random.choice([0, 0.1, 0.3])
            await asyncio.sleep(self.random.uniform(0.3, 1.5))
            if self.random.random() < 0.7:
                self.relays[name].set("pass")
        for relay in self.relays.values():
            relay.set("pass")
        for upstream in self.upstreams.values():
            upstream.probability = 0

    def resident(self):
        status = Path(f"/proc/{self.node.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024

    def under_way(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics") as page:
            lines = page.read().decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines
                   if line.startswith("perigee_backend_requests_in_flight"))

    def report(self, outcomes, recovered, before):
        first = sorted(self.first)
        return {
            "seconds": self.options.seconds, "seed": self.options.seed, "asked": self.asked,
            "outcomes": outcomes, "details": dict(sorted(self.details.items())),
            "firstByteSeconds": {
                "p50": round(statistics.median(first), 3) if first else None,
                "p99": round(first[int(len(first) * 0.99)], 3) if first else None},
            "links": self.hurts,
            "mischief": {name: up.met for name, up in self.upstreams.items()},
            "afterwards": {"right": recovered, "of": 20, "underWay": self.under_way()},
            "residentMB": {"before": before, "after": self.resident()},
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--perigee", default=".build/release/perigee")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--clients", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-resume", action="store_true", help="backends cannot continue a text")
    options = parser.parse_args()
    chaos = Chaos(options)
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(chaos.run(folder))
    print(json.dumps(report, indent=2))
    defects = sum(report["outcomes"][name] for name in OUTCOMES if name.isupper())
    ended = sum(report["outcomes"].values()) == report["asked"]
    good_as_new = report["afterwards"] == {"right": 20, "of": 20, "underWay": 0.0}
    sys.exit(0 if defects == 0 and ended and good_as_new else 1)


if __name__ == "__main__":
    main()
