#!/usr/bin/env python3
"""Measures what the gateway adds to a request, beside nginx as a reverse proxy, in one run.

    run.py --perigee .build/release/perigee
    run.py --gateway-url http://127.0.0.1:8080 --gateway-pid 4711 --mock-port 9001

One mock backend and three ways to it: direct, through nginx, through Perigee. Rounds are interleaved.
Prints a JSON line for each system and number of connections, medians of the rounds: requests per second,
p50 and p99 (ms), what the p50 is above the direct one's, CPU time of the system's process per request
(us), and its resident memory (MB). On a shared machine CPU per request is the steadiest figure.
A gateway that runs already must send the model `mock` to the mock's port.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import statistics
import string
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
COMPLETION = json.dumps({
    "id": "chatcmpl-mock", "object": "chat.completion", "created": 1700000000, "model": "mock",
    "choices": [{
        "index": 0, "finish_reason": "stop",
        "message": {"role": "assistant", "content": "Mercury, Venus, Earth, Mars. " * 10},
    }],
    "usage": {"prompt_tokens": 12, "completion_tokens": 80, "total_tokens": 92},
})


def request_body(prompt_bytes):
    text = ("Name the planets of the solar system. " * (prompt_bytes // 38 + 1))[:prompt_bytes]
    return json.dumps({"model": "mock", "messages": [{"role": "user", "content": text}]})


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command, log):
    """The process while the block runs."""
    with open(log, "w") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def filled(name, folder, values):
    """A file of this folder with its `$` names filled in."""
    text = string.Template((HERE / name).read_text()).substitute(values, folder=folder)
    path = folder / name
    path.write_text(text)
    return path


def wait_until_answering(name, port, body):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/chat/completions", body.encode(),
        {"Content-Type": "application/json"})
    reason = None
    for _ in range(100):
        try:
            with urllib.request.urlopen(request, timeout=2) as response:
                if json.load(response) == json.loads(COMPLETION):
                    return
                reason = "another answer than the mock's"
        except (OSError, ValueError) as error:
            reason = error
        time.sleep(0.1)
    sys.exit(f"{name} does not answer on port {port}: {reason}")


def processes(pid):
    """A process and its children: nginx works in one."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [str(pid), *children]


def cpu_seconds(pid):
    total = 0
    for each in processes(pid):
        fields = pathlib.Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def resident_mb(pid):
    pages = sum(
        int(pathlib.Path(f"/proc/{each}/statm").read_text().split()[1]) for each in processes(pid))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def milliseconds(text):
    number, unit = re.fullmatch(r"([0-9.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def load(port, pid, connections, seconds, script):
    """One round of one cell."""
    before = cpu_seconds(pid)
    output = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script),
         f"http://127.0.0.1:{port}/v1/chat/completions"],
        check=True, capture_output=True, text=True).stdout
    used = cpu_seconds(pid) - before
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(f"requests failed:\n{output}")
    return {
        "rps": float(re.search(r"Requests/sec:\s+([0-9.]+)", output).group(1)),
        "p50": milliseconds(re.search(r"\n +50%\s+(\S+)", output).group(1)),
        "p99": milliseconds(re.search(r"\n +99%\s+(\S+)", output).group(1)),
        "cpu": used / int(re.search(r"(\d+) requests in", output).group(1)) * 1e6,
        "rss": resident_mb(pid),
    }


def line(name, connections, rounds, direct):
    median = {key: statistics.median(r[key] for r in rounds) for key in rounds[0]}
    direct_p50 = statistics.median(r["p50"] for r in direct)
    return json.dumps({
        "system": name, "connections": connections, "rps": round(median["rps"]),
        "p50_ms": round(median["p50"], 3), "p99_ms": round(median["p99"], 3),
        "added_p50_ms": round(median["p50"] - direct_p50, 3),
        "cpu_us_per_request": None if name == "direct" else round(median["cpu"], 1),
        "rss_mb": round(median["rss"], 1),
    })


def measure(systems, options, script):
    cells = {}
    for turn in range(options.rounds + 1):
        for connections in options.connections:
            for name, (port, pid) in systems.items():
                # The round before the first warms up.
                seconds = options.seconds if turn else 1
                result = load(port, pid, connections, seconds, script)
                if turn:
                    cells.setdefault((name, connections), []).append(result)
    for connections in options.connections:
        for name in systems:
            direct = cells["direct", connections]
            print(line(name, connections, cells[name, connections], direct), flush=True)


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--perigee", help="the binary to start with the fleet beside this script")
    parser.add_argument("--gateway-url", help="a gateway that runs already")
    parser.add_argument("--gateway-pid", type=int, help="its process")
    parser.add_argument("--mock-port", type=int, help="where that gateway expects the mock")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of one round of one cell")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 64])
    parser.add_argument("--prompt-bytes", type=int, default=100)
    options = parser.parse_args()
    if bool(options.perigee) == bool(options.gateway_url):
        parser.error("give either --perigee, or --gateway-url with --gateway-pid and --mock-port")
    if options.gateway_url and not (options.gateway_pid and options.mock_port):
        parser.error("--gateway-url needs --gateway-pid and --mock-port")
    return options


def main():
    options = arguments()
    body = request_body(options.prompt_bytes)
    mock, proxy = options.mock_port or free_port(), free_port()
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        script = folder / "request.lua"
        script.write_text(
            f'wrk.method = "POST"\nwrk.body = [[{body}]]\n'
            'wrk.headers["Content-Type"] = "application/json"\n')
        systems = {}

        def start(system, port, command):
            pid = stack.enter_context(running(command, folder / f"{system}.out"))
            wait_until_answering(system, port, body)
            systems[system] = (port, pid)

        values = {"mock": mock, "port": proxy, "completion": COMPLETION}
        start("direct", mock, ["nginx", "-c", filled("mock.conf", folder, values)])
        start("nginx", proxy, ["nginx", "-c", filled("proxy.conf", folder, values)])
        if options.perigee:
            port = free_port()
            fleet = filled("fleet.yaml", folder, {"mock": mock, "port": port})
            start(
                "perigee", port, [options.perigee, "up", fleet, "--state", folder / "state"])
        else:
            port = urllib.parse.urlsplit(options.gateway_url).port
            wait_until_answering("perigee", port, body)
            systems["perigee"] = (port, options.gateway_pid)
        measure(systems, options, script)
        print(f"load average {os.getloadavg()[0]:.1f}", file=sys.stderr)


main()
