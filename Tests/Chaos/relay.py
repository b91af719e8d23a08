"""A link that can be hurt: a TCP relay that breaks, stalls, half-closes or corrupts what it carries."""

import asyncio
import contextlib


class Relay:
    """`state` is one of pass, down (refuses and resets), stall (swallows), half (ends one direction) and
    corrupt (flips a bit now and then; to be used under TLS, which notices)."""

    def __init__(self, target):
        self.target = target
        self.state = "pass"
        self.server = None
        self.writers = set()
        self.carried = 0

    async def start(self):
        self.server = await asyncio.start_server(self.accept, "127.0.0.1", 0, backlog=1024)
        return self.server.sockets[0].getsockname()[1]

    def set(self, state):
        self.state = state
        if state == "down":
            for writer in list(self.writers):
                writer.transport.abort()
        if state == "half":
            for writer in list(self.writers):
                self.end(writer)

    @staticmethod
    def end(writer):
        """Ends what goes to one side, which may have gone already."""
        if writer.can_write_eof() and not writer.is_closing():
            with contextlib.suppress(OSError):
                writer.write_eof()

    async def accept(self, reader, writer):
        if self.state == "down":
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        ends = [writer, far_writer]
        self.writers.update(ends)
        try:
            await asyncio.gather(self.pump(reader, far_writer), self.pump(far_reader, writer))
        except asyncio.CancelledError:  # the run is over
            pass
        self.writers.difference_update(ends)
        for end in ends:
            end.close()

    async def pump(self, reader, writer):
        try:
            while data := await reader.read(65536):
                while self.state == "stall":
                    await asyncio.sleep(0.05)
                self.carried += 1
                if self.state == "corrupt" and self.carried % 7 == 0:
                    middle = len(data) // 2
                    data = data[:middle] + bytes([data[middle] ^ 0x20]) + data[middle + 1:]
                writer.write(data)
                await writer.drain()
            self.end(writer)
        except (ConnectionError, OSError, RuntimeError):
            writer.transport.abort()
