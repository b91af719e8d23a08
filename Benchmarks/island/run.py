#!/usr/bin/env python3
"""Time to first token over each uplink of the island, with the real model.

For every backend and uplink of examples/tristan-da-cunha.yaml it runs the node with that backend and
that uplink alone, sends streams one after the other over one kept connection, and prints a JSON line:
predicted and actual time to first token (median, p95), and the light floor. Needs `make up` to have
been run once (the binary and the model). Usage: run.py [REQUESTS]
"""
import http.client
import json
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = ROOT / ".build/release/perigee"
EXAMPLE = (ROOT / "examples/tristan-da-cunha.yaml").read_text()
PORT = 18477
REQUESTS = int(sys.argv[1]) if len(sys.argv) > 1 else 20


def only(text, names, keep, indent):
    """The manifest without the list items called `names`, `keep` excepted."""
    for name in names:
        if name == keep:
            continue
        item = rf"(?m)^ {{{indent}}}- name: {name}\n(?:(?: {{{indent + 1},}}.*)?\n)*"
        text = re.sub(item, "", text)
    return text


def manifest(backend, uplink):
    text = only(EXAMPLE, ["starlink", "geo"], uplink, 6)
    start = text.index("\nbackends:")
    backends = only(text[start:] + "\n", ["island", "frankfurt", "capetown", "orbit-host"], backend, 2)
    return text[:start] + backends


def ask(connection):
    body = json.dumps(
        {
            "model": "smollm2-135m-instruct",
            "messages": [{"role": "user", "content": "What is the sea?"}],
            "max_tokens": 4,
            "stream": True,
        }
    )
    begin = time.perf_counter()
    connection.request("POST", "/v1/chat/completions", body, {"content-type": "application/json"})
    response = connection.getresponse()
    response.read(1)
    first = (time.perf_counter() - begin) * 1000
    response.read()
    assert response.status == 200, response.status
    return float(response.headers["x-perigee-predicted-ms"]), first


def measure(backend, uplink):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(manifest(backend, uplink))
        file.flush()
        command = [BINARY, "up", file.name, "--listen", f"127.0.0.1:{PORT}"]
        command += ["--state", ROOT / ".perigee"]
        node = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            for line in node.stdout:
                if line.startswith("ready"):
                    break
            connection = http.client.HTTPConnection("127.0.0.1", PORT)
            for _ in range(5):
                ask(connection)
            samples = [ask(connection) for _ in range(REQUESTS)]
            connection.request("GET", "/api/state")
            state = json.loads(connection.getresponse().read())
        finally:
            node.send_signal(signal.SIGINT)
            node.wait()
    paths = state["uplinks"][0]["paths"] if uplink != "local" else []
    predicted, actual = zip(*samples)
    error = [abs(a - p) / a for p, a in samples]
    print(
        json.dumps(
            {
                "backend": backend,
                "uplink": uplink,
                "requests": len(samples),
                "ttft_ms_median": round(statistics.median(actual), 1),
                "ttft_ms_p95": round(sorted(actual)[int(len(actual) * 0.95) - 1], 1),
                "predicted_ms_median": round(statistics.median(predicted), 1),
                "prediction_error_median": round(statistics.median(error), 3),
                "light_round_trip_ms": round(2 * paths[0]["propagation_ms"], 1) if paths else 0,
            }
        ),
        flush=True,
    )


if not BINARY.exists():
    sys.exit(f"{BINARY} is not there: run `make up` once")
measure("island", "local")
for name in ["orbit-host", "frankfurt", "capetown"]:
    for way in ["starlink", "geo"]:
        measure(name, way)
