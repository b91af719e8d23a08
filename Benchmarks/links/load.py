"""One request over a raw connection, and what became of it."""

import asyncio
import json
import re
from dataclasses import dataclass, field

from far import tokens


@dataclass
class Outcome:
    """`verdict` is right, refused (an honest status), error_event (a stream that says that it failed), or a
    defect in capitals; times are those of the event loop's clock, which is the machine's monotonic one."""
    verdict: str = "NO_ANSWER"
    status: int = 0
    began: float = 0
    first: float | None = None
    ended: float = 0
    headers: dict = field(default_factory=dict)
    detail: str = ""

    @property
    def first_ms(self):
        return (self.first - self.began) * 1000 if self.first else None


async def ask(port, prompt, stream, extra="", timeout=60, leave_after=None):
    """Asks once. `leave_after`: closes the connection after so many events, whatever comes."""
    outcome = Outcome(began=asyncio.get_running_loop().time())
    try:
        async with asyncio.timeout(timeout):
            await exchange(outcome, port, prompt, stream, extra, leave_after)
    except TimeoutError:
        outcome.detail = f"nothing in {timeout} s"
    except OSError as error:
        outcome.verdict, outcome.detail = "CUT", str(error)
    outcome.ended = asyncio.get_running_loop().time()
    return outcome


async def exchange(outcome, port, prompt, stream, extra, leave_after):
    body = json.dumps({"model": "m", "stream": stream,
                       "messages": [{"role": "user", "content": prompt}]}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(
            b"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n%s"
            b"content-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
            % (extra.encode(), len(body), body))
        data = b""
        while piece := await reader.read(65536):
            data += piece
            if outcome.first is None and b'"content": "' in data:
                outcome.first = asyncio.get_running_loop().time()
            if leave_after is not None and data.count(b'"content": "') >= leave_after:
                outcome.verdict = "left"
                return
        judge(outcome, data, int(prompt.split()[0]))
    finally:
        writer.close()


def judge(outcome, data, number):
    head, found, payload = data.partition(b"\r\n\r\n")
    if not found:
        outcome.verdict = "CUT"
        return
    lines = head.decode("latin-1").split("\r\n")
    outcome.status = int(lines[0].split()[1])
    outcome.headers = {name.lower(): value.strip() for name, _, value in
                       (line.partition(":") for line in lines[1:])}
    if outcome.status != 200:
        outcome.verdict, outcome.detail = "refused", payload[:400].decode("utf-8", "replace")
        return
    expected = "".join(tokens(number))
    if "content-length" in outcome.headers:
        whole = len(payload) == int(outcome.headers["content-length"])
        text = json.loads(payload)["choices"][0]["message"]["content"] if whole else ""
        outcome.verdict = "right" if text == expected else "WRONG" if whole else "CUT"
        return
    judge_stream(outcome, payload, expected)


def judge_stream(outcome, payload, expected):
    text, failed = "", None
    for line in re.findall(rb"data: ([^\n]+)\n\n", payload):
        if line == b"[DONE]":
            continue
        event = json.loads(line)
        if "error" in event:
            failed = event["error"]["message"]
        else:
            text += "".join(c["delta"].get("content") or "" for c in event["choices"])
    is_whole = payload.endswith(b"0\r\n\r\n") and b"data: [DONE]" in payload
    if failed and expected.startswith(text):
        outcome.verdict, outcome.detail = "error_event", failed
    elif text == expected and is_whole:
        outcome.verdict = "right"
    else:
        outcome.verdict = "WRONG" if is_whole or not expected.startswith(text) else "CUT"
        outcome.detail = text[-100:]
