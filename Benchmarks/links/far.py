#!/usr/bin/env python3
"""The model server at the far end of the links: OpenAI's chat completions, whole and streamed.

  far.py [--closes]

It prints its port, then a JSON line for each thing that happens to a completion, with the machine's monotonic
clock: asked, content (the first of its answer), ended, closed (the other side left before the end). The
prompt, "NUMBER WORD...", says what the answer to it is and what goes wrong with it the first time it is asked:
break=K resets the connection after K tokens, slow=MS has the first token come later. A trailing message of the
assistant's is continued, as llama.cpp does. With --closes connections are closed after each answer."""

import asyncio
import json
import re
import socket
import sys
import time

FIRST, GAP, TOKENS = 0.020, 0.010, 64
WHOLE = FIRST + TOKENS * GAP


def tokens(number):
    """The answer to prompt `number`, as a stream carries it."""
    return [str(number)] + [f" {number}.{place}" for place in range(1, TOKENS)]


def tell(event, number, connection):
    print(json.dumps({"event": event, "number": number, "connection": id(connection),
                      "at": time.monotonic()}), flush=True)


class Peer(asyncio.Protocol):
    seen = set()
    closes = False

    def connection_made(self, transport):
        self.transport, self.buffer, self.timer, self.number = transport, b"", None, None
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, error):
        if self.timer:
            self.timer.cancel()
        if self.number is not None:
            tell("closed", self.number, self)

    def data_received(self, data):
        self.buffer += data
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        length = int(length[1]) if length else 0
        if len(rest) < length:
            return
        self.buffer = rest[length:]
        if head.startswith(b"GET"):
            self.whole({"object": "list", "data": [{"id": "m", "object": "model"}]})
        else:
            self.complete(json.loads(rest[:length]))

    def complete(self, request):
        messages = request["messages"]
        prompt = next(m["content"] for m in reversed(messages) if m["role"] == "user")
        begun = messages[-1]["content"] if messages[-1]["role"] == "assistant" else ""
        words = prompt.split()
        self.number = int(words[0])
        wishes = dict(word.split("=") for word in words[1:])
        if self.number in self.seen:
            wishes = {}
        self.seen.add(self.number)
        tell("asked", self.number, self)
        loop = asyncio.get_running_loop()
        late = float(wishes.get("slow", 0)) / 1000
        if request.get("stream"):
            self.stop = int(wishes.get("break", -1))
            self.place = len(begun.split())
            self.due = loop.time() + FIRST + late
            self.timer = loop.call_at(self.due, self.begin)
        else:
            self.timer = loop.call_later(WHOLE + late, self.answer)

    def whole(self, value):
        body = json.dumps(value).encode()
        self.transport.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n%scontent-length: %d\r\n\r\n%s"
            % (b"connection: close\r\n" if self.closes else b"", len(body), body))

    def answer(self):
        self.whole({
            "id": "c", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {
                "role": "assistant", "content": "".join(tokens(self.number))}}],
            "usage": {"prompt_tokens": 5, "completion_tokens": TOKENS, "total_tokens": TOKENS + 5}})
        tell("content", self.number, self)
        self.ended()

    def begin(self):
        self.transport.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n%s"
            b"transfer-encoding: chunked\r\n\r\n" % (b"connection: close\r\n" if self.closes else b""))
        tell("content", self.number, self)
        self.token()

    def token(self):
        if self.place == self.stop:
            self.number = self.timer = None
            return self.transport.abort()
        if self.place >= TOKENS:
            self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            self.transport.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
            return self.ended()
        text = tokens(self.number)[self.place]
        self.event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})
        self.place += 1
        self.due += GAP
        self.timer = asyncio.get_running_loop().call_at(self.due, self.token)

    def event(self, value):
        value = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", **value}
        data = b"data: %s\n\n" % json.dumps(value).encode()
        self.transport.write(b"%x\r\n%s\r\n" % (len(data), data))

    def ended(self):
        tell("ended", self.number, self)
        self.number = self.timer = None
        if self.closes:
            self.transport.close()


async def main():
    Peer.closes = "--closes" in sys.argv
    server = await asyncio.get_running_loop().create_server(Peer, "0.0.0.0", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
