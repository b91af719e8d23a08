"""64 at once: threads, tasks and streams, each getting its own answer."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from openai import AsyncOpenAI, OpenAI

client = OpenAI(max_retries=0)


def question(i):
    return f"question {i} " + "é" * (i % 7)


def request(i):
    return {"model": "echo", "messages": [{"role": "user", "content": question(i)}]}


def ask(i):
    answer = client.chat.completions.create(**request(i))
    assert answer.choices[0].message.content == question(i)


with ThreadPoolExecutor(64) as pool:
    list(pool.map(ask, range(64)))


async def main():
    async with AsyncOpenAI(max_retries=0) as client:

        async def ask(i):
            answer = await client.chat.completions.create(**request(i))
            assert answer.choices[0].message.content == question(i)

        async def stream(i):
            text = ""
            async for chunk in await client.chat.completions.create(stream=True, **request(i)):
                if chunk.choices:
                    text += chunk.choices[0].delta.content or ""
            assert text == question(i), (text, question(i))

        await asyncio.gather(*(ask(i) for i in range(64)))
        await asyncio.gather(*(stream(i) for i in range(64)))


asyncio.run(main())
