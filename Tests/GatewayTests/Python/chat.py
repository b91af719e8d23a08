"""Chat and completions, streamed and not, unicode, and a body of 2 MB."""

from openai import OpenAI

client = OpenAI(max_retries=0)
UNICODE = "héllo wörld — 日本語 🛰️👩🏽‍🚀 \u0000 \"quoted\" \\ \n ß"


def ask(text, **options):
    return client.chat.completions.create(
        model="echo", messages=[{"role": "user", "content": text}], **options
    )


answer = ask("hello")
assert answer.choices[0].message.content == "hello", answer
assert answer.choices[0].finish_reason == "stop"
assert answer.usage.prompt_tokens == 5
assert answer._request_id.startswith("req_"), answer._request_id

assert ask(UNICODE).choices[0].message.content == UNICODE

pieces = list(ask(UNICODE, stream=True, stream_options={"include_usage": True}))
text = "".join(p.choices[0].delta.content or "" for p in pieces if p.choices)
assert text == UNICODE, text
assert pieces[0].choices[0].delta.role == "assistant"
assert pieces[-1].usage.prompt_tokens == 5

big = "x" * 1_999_000 + "é" * 1_000
assert ask(big).choices[0].message.content == big

legacy = client.completions.create(model="echo", prompt="once upon")
assert legacy.choices[0].text == "once upon"

raw = client.chat.completions.with_raw_response.create(
    model="echo", messages=[{"role": "user", "content": "x"}], extra_body={"top_k": 3}
)
for name in (
    "x-request-id",
    "x-perigee-backend",
    "x-perigee-uplink",
    "x-perigee-predicted-ms",
    "x-perigee-actual-ms",
    "x-perigee-attempts",
):
    assert raw.headers.get(name), (name, dict(raw.headers))

with client.chat.completions.with_streaming_response.create(
    model="echo", messages=[{"role": "user", "content": "abc"}], stream=True
) as response:
    lines = list(response.iter_lines())
assert lines[-2] == "data: [DONE]" or lines[-1] == "data: [DONE]", lines[-3:]
