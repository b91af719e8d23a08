"""A model server that misbehaves: OpenAI's chat completions, whole and streamed, over HTTP/1.1 or TLS.

It continues a trailing assistant message, as llama.cpp and vLLM do. Each request meets one of MISCHIEF
with `probability`, which the chaos run sets; `met` counts them."""

import asyncio
import json
import random

from answers import answer, rest

MISCHIEF = [
    "error500", "limited429", "garbage", "hang", "die_before", "die_mid", "half_close_mid",
    "stall_mid", "truncate", "error_event", "empty_stream", "slow",
]


class Upstream:
    def __init__(self, name, seed, tls=None, gap=0.005):
        self.name, self.tls, self.gap = name, tls, gap
        self.random = random.Random(seed)
        self.probability = 0.0
        self.met = {}
        self.server = None

    async def start(self):
        self.server = await asyncio.start_server(
            self.serve, "127.0.0.1", 0, ssl=self.tls, limit=1 << 20, backlog=1024)
        return self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        try:
            while await self.one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def one(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        path = head.split(" ", 2)[1]
        length = next(
            (int(line.split(":")[1]) for line in head.split("\r\n")
             if line.lower().startswith("content-length:")), 0)
        body = await reader.readexactly(length)
        if path.endswith("/models"):
            self.whole(writer, {"object": "list", "data": []})
            return True
        return await self.complete(json.loads(body), writer)

    def draw(self):
        if self.random.random() >= self.probability:
            return None
        name = self.random.choice(MISCHIEF)
        self.met[name] = self.met.get(name, 0) + 1
        return name

    async def complete(self, request, writer):
        messages = request["messages"]
        begun = messages[-1]["content"] if messages[-1]["role"] == "assistant" else ""
        prompt = next(m["content"] for m in reversed(messages) if m["role"] == "user")
        parts = rest(prompt, begun)
        mischief = self.draw()
        if parts is None:
            self.whole(writer, {"error": {"message": "not a beginning of mine"}}, 400)
        elif mischief == "error500":
            self.whole(writer, {"error": {"message": "out of order", "type": "server_error"}}, 500)
        elif mischief == "limited429":
            self.whole(writer, {"error": {"message": "slowly", "type": "rate_limit"}}, 429)
        elif mischief == "garbage":
            writer.write(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
            return False
        elif mischief == "hang":
            await asyncio.sleep(20)
            return False
        elif mischief == "die_before":
            writer.transport.abort()
            return False
        elif request.get("stream"):
            return await self.stream(parts, mischief, writer)
        else:
            text = answer(prompt)
            return await self.chat(text, mischief, writer)
        await writer.drain()
        return True

    def whole(self, writer, value, status=200, length=None):
        body = json.dumps(value).encode()
        writer.write(
            f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n"
            f"content-length: {length or len(body)}\r\n\r\n".encode() + body)

    async def chat(self, text, mischief, writer):
        value = {
            "id": "c", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "finish_reason": "stop",
                         "message": {"role": "assistant", "content": text}}],
            "usage": {"prompt_tokens": 5, "completion_tokens": 40, "total_tokens": 45},
        }
        if mischief in ("die_mid", "truncate", "half_close_mid", "stall_mid"):
            body = json.dumps(value).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
                + str(len(body)).encode() + b"\r\n\r\n" + body[: len(body) // 2])
            await writer.drain()
            await asyncio.sleep(20 if mischief == "stall_mid" else 0)
            return False
        await asyncio.sleep(0.5 if mischief == "slow" else 0.02)
        self.whole(writer, value)
        await writer.drain()
        return True

    async def stream(self, parts, mischief, writer):
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
            b"transfer-encoding: chunked\r\n\r\n")

        async def event(text):
            data = f"data: {text}\n\n".encode()
            writer.write(b"%x\r\n%s\r\n" % (len(data), data))
            await writer.drain()

        async def chunk(delta, finish=None):
            await event(json.dumps({
                "id": "c-" + self.name, "object": "chat.completion.chunk", "created": 1, "model": "m",
                "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}))

        if mischief == "error_event":
            await event('{"error":{"message":"no memory","type":"server_error"}}')
            return False
        await chunk({"role": "assistant", "content": ""})
        if mischief == "empty_stream":
            return False
        stop = self.random.randrange(len(parts) + 1)
        for index, part in enumerate(parts):
            if index == stop and mischief in ("die_mid", "half_close_mid", "stall_mid", "truncate"):
                return await self.cut(mischief, writer)
            await chunk({"content": part})
            await asyncio.sleep(self.gap * (10 if mischief == "slow" else 1))
        await chunk({}, "stop")
        await event(json.dumps({
            "id": "c-" + self.name, "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": len(parts),
                                     "total_tokens": 5 + len(parts)}}))
        await event("[DONE]")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def cut(self, mischief, writer):
        if mischief == "die_mid":
            writer.transport.abort()
        elif mischief == "half_close_mid" and writer.can_write_eof():
            writer.write_eof()
            await asyncio.sleep(20)
        elif mischief == "stall_mid":
            await asyncio.sleep(20)
        else:  # an end that looks orderly, before the last event
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        return False
