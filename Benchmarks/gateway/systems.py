"""The systems that are measured: one mock, and ways to it."""

import contextlib
import dataclasses
import json
import pathlib
import shutil
import socket
import string
import subprocess
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent


class Missing(Exception):
    """Why a system cannot be measured here."""


@dataclasses.dataclass
class System:
    name: str
    port: int
    pid: int


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def compiled(name, folder):
    """A C program of this folder."""
    target = folder / name
    subprocess.run(["cc", "-O2", "-o", target, HERE / f"{name}.c"], check=True)
    return target


def filled(name, folder, values):
    """A file of peers/ with its `$` names filled in."""
    text = string.Template((HERE / "peers" / name).read_text()).substitute(values, folder=folder)
    path = folder / name
    path.write_text(text)
    return path


@contextlib.contextmanager
def running(command, log):
    """The process while the block runs."""
    with open(log, "w") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=log.parent)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def mock(folder):
    """The backend that all ask; gives its port."""
    process = subprocess.Popen(
        [compiled("mock", folder), "50", "10"], stdout=subprocess.PIPE, text=True)
    try:
        yield System("direct", int(process.stdout.readline()), process.pid)
    finally:
        process.terminate()
        process.wait()


def command(name, options, folder, values):
    """What starts a system; raises Missing where it is not installed."""
    def program(path):
        found = shutil.which(path)
        if not found:
            raise Missing(f"{path} is not installed")
        return found

    peers = pathlib.Path(options.peers).resolve()
    if name == "perigee":
        if not options.perigee:
            raise Missing("no --perigee was given")
        fleet = filled("perigee.yaml", folder, values)
        return [str(pathlib.Path(options.perigee).resolve()), "up", fleet,
                "--state", folder / "perigee-state"]
    if name == "nginx":
        return [program("nginx"), "-c", filled("nginx.conf", folder, values)]
    if name == "haproxy":
        return [program("haproxy"), "-f", filled("haproxy.cfg", folder, values)]
    if name == "envoy":
        config = filled("envoy.yaml", folder, values)
        return [program(peers / "envoy/bin/envoy"), "--concurrency", "1", "-l", "error",
                "--use-dynamic-base-id", "-c", config]
    if name == "vllm-router":
        return [program(peers / "vllm-router/bin/vllm-router"), "--host", "127.0.0.1",
                "--port", str(values["port"]), "--policy", "round_robin", "--log-level", "error",
                "--worker-urls", f"http://127.0.0.1:{values['mock']}",
                "--prometheus-port", str(free_port())]
    if name == "litellm":
        return [program(peers / "litellm/bin/litellm"), "--host", "127.0.0.1",
                "--port", str(values["port"]), "--num_workers", "1",
                "--config", filled("litellm.yaml", folder, values)]
    raise Missing("not a system that this script knows")


def start(name, options, stack, folder, mock_port):
    """Starts a system and waits until it passes the mock's answer on."""
    port = free_port()
    arguments = command(name, options, folder, {"mock": mock_port, "port": port})
    log = folder / f"{name}.out"
    process = stack.enter_context(running(arguments, log))
    reason = wait_until_answering(process, port, 120 if name == "litellm" else 30)
    if reason:
        last = log.read_text(errors="replace").strip().splitlines()[-1:]
        raise Missing(f"does not answer: {reason} {' '.join(last)[:200]}")
    return System(name, port, process.pid)


def wait_until_answering(process, port, seconds):
    """Nothing once it answers; else why not."""
    body = json.dumps({"model": "mock", "messages": [{"role": "user", "content": "hello"}]})
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/chat/completions", body.encode(),
        {"Content-Type": "application/json"})
    reason = None
    for _ in range(seconds * 5):
        if process.poll() is not None:
            return f"exited with {process.returncode}"
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                if "Mercury" in response.read().decode():
                    return None
                reason = "another answer than the mock's"
        except (OSError, ValueError) as error:
            reason = error
        time.sleep(0.2)
    return reason
