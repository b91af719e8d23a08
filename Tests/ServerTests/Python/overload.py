"""More than a backend has places for reaches the SDK as RateLimitError, and told when, it succeeds."""

import sys
import threading
import time

import openai
from openai import OpenAI

client = OpenAI(base_url=sys.argv[1], api_key="none", max_retries=0)
patient = client.with_options(max_retries=4)
SLOW = [{"role": "user", "content": "slow"}]
QUICK = [{"role": "user", "content": "hi"}]


def ask(asker, messages, into):
    into.append(asker.chat.completions.create(model="m", messages=messages))


# How long an answer takes is known from here on.
ask(client, SLOW, [])

answers = []
busy = [threading.Thread(target=ask, args=(client, SLOW, answers)) for _ in range(2)]
for thread in busy:
    thread.start()
    time.sleep(0.5)
try:
    client.chat.completions.create(model="m", messages=QUICK)
except openai.RateLimitError as error:
    assert error.code == "overloaded", error.code
    assert error.response.headers["x-should-retry"] == "true"
    told = int(error.response.headers["retry-after-ms"]) / 1000
    assert 0 < told <= 15, told
    assert int(error.response.headers["retry-after"]) >= told
else:
    raise AssertionError("no RateLimitError")

began = time.monotonic()
assert patient.chat.completions.create(model="m", messages=QUICK).choices
waited = time.monotonic() - began
assert waited >= 1, f"it came back after {waited:.1f} s, long before a place was free"
for thread in busy:
    thread.join()
assert len(answers) == 2
