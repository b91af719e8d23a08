"""A client that leaves: in mid-stream, by its own time-out, and by cancelling a task."""

import asyncio

import openai
from openai import AsyncOpenAI, OpenAI

client = OpenAI(max_retries=0)
REQUEST = {"model": "endless", "messages": [{"role": "user", "content": "go on"}]}

stream = client.chat.completions.create(stream=True, **REQUEST)
for count, chunk in enumerate(stream):
    if count == 5:
        break
stream.close()

try:
    client.with_options(timeout=0.5).chat.completions.create(**REQUEST)
except (openai.APITimeoutError, openai.InternalServerError):
    pass
else:
    raise AssertionError("no time-out")


async def main():
    async with AsyncOpenAI(max_retries=0) as client:
        task = asyncio.create_task(client.chat.completions.create(**REQUEST))
        await asyncio.sleep(0.5)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            return
        raise AssertionError("not cancelled")


asyncio.run(main())
