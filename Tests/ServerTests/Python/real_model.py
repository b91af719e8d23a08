"""Asks a real model over a real sky with the unmodified openai SDK. Usage: real_model.py BASE_URL"""
import concurrent.futures
import sys

from openai import NotFoundError, OpenAI

client = OpenAI(base_url=sys.argv[1], api_key="unused")
MODEL = "smollm2-135m-instruct"


def ask(text, **options):
    return client.chat.completions.with_raw_response.create(
        model=MODEL, messages=[{"role": "user", "content": text}], **options
    )


answer = ask("Name three planets.", max_tokens=16)
assert answer.headers["x-perigee-backend"], answer.headers
assert answer.headers["x-perigee-uplink"], answer.headers
assert float(answer.headers["x-perigee-actual-ms"]) > 0
parsed = answer.parse()
assert parsed.choices[0].message.content.strip(), "the model said nothing"
assert parsed.usage.completion_tokens > 0

stream = client.chat.completions.create(
    model=MODEL,
    messages=[{"role": "user", "content": "What is the sea? 海とは何ですか 🌊"}],
    max_tokens=24,
    stream=True,
    stream_options={"include_usage": True},
)
text, usage = "", None
for chunk in stream:
    usage = chunk.usage or usage
    text += "".join(choice.delta.content or "" for choice in chunk.choices)
assert text.strip(), "the stream carried no text"
assert usage is not None and usage.completion_tokens > 0, usage

legacy = client.completions.create(model=MODEL, prompt="The moon is", max_tokens=8)
assert legacy.choices[0].text.strip()

vectors = client.embeddings.create(model=MODEL, input=["one", "two"]).data
assert len(vectors) == 2 and len(vectors[0].embedding) > 100

assert [model.id for model in client.models.list()] == [MODEL]
try:
    client.chat.completions.create(model="gpt-17", messages=[])
    raise AssertionError("an unknown model was answered")
except NotFoundError as error:
    assert MODEL in str(error), error

with concurrent.futures.ThreadPoolExecutor(16) as pool:
    answers = list(pool.map(lambda _: ask("Say yes.", max_tokens=2), range(16)))
assert len({answer.headers["x-request-id"] for answer in answers}) == 16
print("backends:", sorted({answer.headers["x-perigee-backend"] for answer in answers}))
