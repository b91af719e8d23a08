"""One request of the chaos run's load, and what became of it."""

import asyncio
import json

from answers import answer

OUTCOMES = ["right", "refused", "error_event", "CUT", "WRONG", "SILENT", "NO_ANSWER"]


async def ask(port, prompt, stream, timeout=150):
    """(outcome, detail, seconds to the first byte). The outcomes in capitals are defects: a connection
    that breaks without a word, other bytes than the right ones, an incomplete answer that looks
    complete, and no end at all."""
    try:
        return await asyncio.wait_for(exchange(port, prompt, stream), timeout)
    except TimeoutError:
        return "NO_ANSWER", "nothing in 150 s", None


async def exchange(port, prompt, stream):
    body = json.dumps({
        "model": "m", "stream": stream, "messages": [{"role": "user", "content": prompt}],
    }).encode()
    loop = asyncio.get_running_loop()
    began = loop.time()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(
            b"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n"
            b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        first = loop.time() - began
        data, whole = await payload(reader, head)
        status = int(head.split(" ")[1])
        if status != 200:
            says_when = status not in (429, 503) or "\r\nretry-after:" in head
            detail = f"{status}" if says_when else f"{status} without Retry-After"
            return refusal(status, data, whole), detail, first
        judge = judge_stream if stream else judge_whole
        return (*judge(data, whole, prompt), first)
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        return "CUT", type(error).__name__, None
    finally:
        writer.close()


async def payload(reader, head):
    """The body, and whether its framing says that it is complete."""
    if "transfer-encoding: chunked" in head:
        data = b""
        try:
            while size := int(await reader.readuntil(b"\r\n"), 16):
                data += (await reader.readexactly(size + 2))[:-2]
            return data, True
        except (asyncio.IncompleteReadError, ConnectionError):
            return data, False
    length = int(head.split("content-length:")[1].split("\r\n")[0])
    try:
        return await reader.readexactly(length), True
    except (asyncio.IncompleteReadError, ConnectionError):
        return b"", False


def refusal(status, data, whole):
    if not whole:
        return "CUT"
    try:
        return "refused" if json.loads(data)["error"]["message"] else "WRONG"
    except (ValueError, KeyError, TypeError):
        return "WRONG"


def judge_whole(data, whole, prompt):
    if not whole:
        return "CUT", "body"
    text = json.loads(data)["choices"][0]["message"]["content"]
    return ("right", "") if text == answer(prompt) else ("WRONG", text[:300])


def judge_stream(data, whole, prompt):
    text, done, failed, ids = "", False, None, set()
    for line in data.decode().split("\n\n"):
        if not line.startswith("data: "):
            continue
        if line == "data: [DONE]":
            done = True
            continue
        event = json.loads(line[6:])
        if event.get("error"):
            failed = f"{event['error'].get('code')}: {event['error']['message']}"
            continue
        ids.add(event["id"])
        for choice in event["choices"]:
            text += choice["delta"].get("content") or ""
    expected = answer(prompt)
    if not expected.startswith(text) or len(ids) > 1:
        return "WRONG", f"{len(ids)} ids, {text[-200:]!r}"
    if failed:
        return ("WRONG", "[DONE] after an error") if done else ("error_event", failed)
    if done and whole:
        return ("right", "") if text == expected else ("SILENT", f"{len(text)} of {len(expected)}")
    return ("SILENT", "ended without [DONE]") if whole else ("CUT", "stream")
