"""A gateway, a model server and the links between them, in network namespaces of their own.

Everything runs inside a namespace that the caller is in alone (`isolated` gives the command for that). The
model server is in a second one; `shaper` carries packets between the two, so that what runs over the links is
the kernel's own TCP, with its handshakes, losses and retransmissions."""

import asyncio
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import courses

HERE = Path(__file__).parent
LINKS = {"leo": "10.71.0", "mobile": "10.72.0"}
FAR = "10.99.0.1"

MANIFEST = """
name: links
gateway: {{site: island, listen: "127.0.0.1:0", hedging: {hedging}}}
constellations: [{constellation}]
sites:
  - name: island
    kind: terminal
    position: [48.43, -123.37]
    uplinks:
{uplinks}
  - {{name: gw, kind: gateway, position: [47.9, -122.1]}}
  - {{name: pop, kind: pop, position: [47.6, -122.3]}}
fibers: [{{from: gw, to: pop}}]
backends:
  - name: far
    site: pop
    url: "http://{far}:{port}/v1"
    models: [{{name: m}}]
    resume: {resume}
"""
STARLINK = "{name: sky, preset: starlink-gen1, only: [550], isls: none}"
UPLINKS = {
    "leo": "kind: leo, constellation: sky, up: 20 Mbit/s, down: 200 Mbit/s",
    "mobile": "kind: cellular, landsAt: pop, up: 20 Mbit/s, down: 60 Mbit/s",
}


def isolated(command):
    """`command`, to be run in a network namespace of its own; without root in a user namespace too."""
    return ["unshare", "-n" if os.geteuid() == 0 else "-rn", *command]


def run(*command):
    subprocess.run(command, check=True, capture_output=True)


class Rig:
    """`links` names the uplinks that the manifest has; `at` maps all of LINKS to their courses."""

    def __init__(self, perigee, at, start=None, links=tuple(LINKS), hedging="off", resume="no",
                 closes=False, constellation=STARLINK):
        self.perigee, self.at, self.start = perigee, at, start or time.time()
        self.links, self.hedging, self.resume = links, hedging, resume
        self.closes, self.constellation = closes, constellation
        self.events, self.changed = [], asyncio.Event()
        self.processes, self.tasks = [], []

    async def __aenter__(self):
        self.folder = tempfile.TemporaryDirectory()
        try:
            run("ip", "link", "set", "lo", "up")
            await self.start_far()
            await self.start_links()
            await self.start_gateway()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_):
        for process in reversed(self.processes):
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
                await process.wait()
        for task in self.tasks:
            task.cancel()
        self.folder.cleanup()

    async def spawn(self, *command):
        process = await asyncio.create_subprocess_exec(
            *map(str, command), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.processes.append(process)
        return process

    async def start_far(self):
        self.far = await self.spawn(
            "unshare", "-n", "python3", HERE / "far.py", *(["--closes"] if self.closes else []))
        self.far_port = int(await self.far.stdout.readline())
        self.tasks.append(asyncio.create_task(self.listen()))
        space = ("nsenter", "-n", "-t", str(self.far.pid))
        run(*space, "ip", "link", "set", "lo", "up")
        run(*space, "ip", "addr", "add", f"{FAR}/32", "dev", "lo")

    async def listen(self):
        """Takes in what the model server tells."""
        while line := await self.far.stdout.readline():
            self.events.append(json.loads(line))
            self.changed.set()

    async def event(self, number, name, after=0.0, timeout=10.0, where=lambda event: True):
        """When `name` happened to completion `number`; None if it did not in time."""
        end = time.monotonic() + timeout
        while True:
            for event in self.events:
                if event["number"] == number and event["event"] == name and event["at"] >= after \
                        and where(event):
                    return event
            self.changed.clear()
            left = end - time.monotonic()
            if left <= 0:
                return None
            try:
                await asyncio.wait_for(self.changed.wait(), left)
            except TimeoutError:
                return None

    async def start_links(self):
        for name in LINKS:
            courses.write(self.at[name], f"{self.folder.name}/{name}")
        self.shaper = await self.spawn(
            HERE / ".build" / "shaper", self.far.pid, int(self.start * 1e9),
            *(f"{name}={self.folder.name}/{name}" for name in LINKS))
        await self.shaper.stdout.readline()
        space = ("nsenter", "-n", "-t", str(self.far.pid))
        for table, (name, net) in enumerate(LINKS.items(), 71):
            run("ip", "addr", "add", f"{net}.2", "peer", f"{net}.1", "dev", name)
            run("ip", "link", "set", name, "up")
            run("ip", "route", "add", FAR, "dev", name, "table", str(table))
            run("ip", "rule", "add", "from", f"{net}.2", "table", str(table))
            run(*space, "ip", "addr", "add", f"{net}.1", "peer", f"{net}.2", "dev", name)
            run(*space, "ip", "link", "set", name, "up")

    async def set(self, *names, up):
        """Lets links go out, or come back."""
        for name in names:
            self.shaper.stdin.write(f"{'up' if up else 'down'} {name}\n".encode())
        await self.shaper.stdin.drain()

    async def stats(self):
        """Bytes and packets over each link so far."""
        self.shaper.stdin.write(b"stats\n")
        await self.shaper.stdin.drain()
        return json.loads(await self.shaper.stdout.readline())

    async def start_gateway(self):
        uplinks = "\n".join(
            f"      - {{name: {name}, {UPLINKS[name]}, emulate: false, sourceAddress: {LINKS[name]}.2}}"
            for name in self.links)
        manifest = Path(self.folder.name, "fleet.yaml")
        manifest.write_text(MANIFEST.format(
            hedging=self.hedging, constellation=self.constellation, uplinks=uplinks, far=FAR,
            port=self.far_port, resume=self.resume))
        self.gateway = await self.spawn(
            self.perigee, "up", manifest, "--state", f"{self.folder.name}/state")
        text = ""
        while line := (await self.gateway.stdout.readline()).decode():
            text += line
            if match := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                self.port = int(match[1])
            if line.startswith("ready"):
                self.tasks.append(asyncio.create_task(self.gateway.stdout.read()))
                return
        raise RuntimeError(f"the gateway did not start:\n{text}")
