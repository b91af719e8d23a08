"""One measurement of one system each, by wrk or by load.c."""

import json
import os
import pathlib
import re
import statistics
import subprocess


def processes(pid):
    """A process and all that come from it: nginx works in one, LiteLLM in a few."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [str(pid), *(each for child in children for each in processes(child))]


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


class Tools:
    """Where the load generators and the bodies they send are."""

    def __init__(self, load, folder, quick):
        self.load = load
        self.folder = folder
        self.seconds = 1 if quick else 3
        self.idle_streams = 500 if quick else 5000

    def body(self, name, prompt_bytes=100, **fields):
        text = ("Name the planets of the solar system. " * (prompt_bytes // 38 + 1))[:prompt_bytes]
        body = {"model": "mock", "messages": [{"role": "user", "content": text}], **fields}
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(body))
        return path


def wrk(system, tools, connections, prompt_bytes=100):
    """Requests one after the other on each connection."""
    body = tools.body("wrk", prompt_bytes).read_text()
    script = tools.folder / "wrk.lua"
    script.write_text(
        f'wrk.method = "POST"\nwrk.body = [[{body}]]\n'
        'wrk.headers["Content-Type"] = "application/json"\n')
    before = cpu_seconds(system.pid)
    output = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{tools.seconds}s", "--timeout", "30s", "--latency",
         "-s", script, f"http://127.0.0.1:{system.port}/v1/chat/completions"],
        check=True, capture_output=True, text=True).stdout
    used = cpu_seconds(system.pid) - before
    failed = sum(map(int, re.findall(r"Non-2xx or 3xx responses: (\d+)", output)))
    requests = int(re.search(r"(\d+) requests in", output).group(1))
    return {
        "rps": float(re.search(r"Requests/sec:\s+([0-9.]+)", output).group(1)),
        "p50_ms": milliseconds(re.search(r"\n +50%\s+(\S+)", output).group(1)),
        "p99_ms": milliseconds(re.search(r"\n +99%\s+(\S+)", output).group(1)),
        "cpu_us": used / max(1, requests) * 1e6,
        "rss_mb": resident_mb(system.pid),
        "bad": failed,
    }


def streams(system, tools, count):
    """Streams of 50 tokens at 10 ms, one after the other on each connection."""
    body = tools.body("sse", stream=True)
    before = cpu_seconds(system.pid)
    result = run_load(tools, "sse", system, body, count, tools.seconds)
    used = cpu_seconds(system.pid) - before
    result["cpu_percent"] = used / tools.seconds * 100
    return result


def open_loop(system, tools, per_second):
    """Requests at a fixed rate, timed from when they were due."""
    result = run_load(tools, "rate", system, tools.body("rate"), per_second, tools.seconds)
    return {"p50_ms": result.get("ttft_p50"), "p99_ms": result.get("ttft_p99"),
            "bad": result["bad"]}


def idle_streams(system, tools, _):
    """Memory while streams stand open that have had one token."""
    body = tools.body("hold", stream=True, user="hold")
    before = resident_mb(system.pid)
    process = subprocess.Popen(
        [tools.load, "hold", str(system.port), body, str(tools.idle_streams), "20"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    result = {"rss_mb": resident_mb(system.pid), "idle_rss_mb": before}
    process.stdin.close()
    process.wait()
    if not line:
        return {"bad": tools.idle_streams}
    begun = json.loads(line)["begun"]
    return {**result, "streams": begun, "bad": tools.idle_streams - begun}


def run_load(tools, mode, system, body, count, seconds):
    output = subprocess.run(
        [tools.load, mode, str(system.port), body, str(count), str(seconds)],
        capture_output=True, text=True).stdout
    return json.loads(output) if output else {"bad": count}


def median(rounds):
    """The median of each figure over the rounds; failures are summed."""
    figures = {}
    for key in dict.fromkeys(key for each in rounds for key in each):
        values = [each[key] for each in rounds if each.get(key) is not None]
        if values:
            figures[key] = sum(values) if key == "bad" else statistics.median(values)
    return {key: round(value, 3) for key, value in figures.items()}


CELLS = {
    "conn-1": (wrk, 1), "conn-16": (wrk, 16), "conn-64": (wrk, 64),
    "prompt-100k": (lambda system, tools, count: wrk(system, tools, count, 100_000), 16),
    "sse-16": (streams, 16), "sse-64": (streams, 64),
    "open-200": (open_loop, 200), "idle-streams": (idle_streams, None),
}
