"""Responses that are kept, with OpenAI's own SDK. Usage: responses.py URL"""
import sys
import time

import openai

client = openai.OpenAI(base_url=sys.argv[1] + "/v1", api_key="none", max_retries=0)


def finished(response):
    for _ in range(200):
        response = client.responses.retrieve(response.id)
        if response.status not in ("queued", "in_progress"):
            return response
        time.sleep(0.05)
    raise AssertionError(response)


queued = client.responses.create(model="m", input="hello", background=True)
assert queued.status == "queued" and queued.id.startswith("resp_"), queued
done = finished(queued)
assert done.status == "completed" and done.id == queued.id, done
assert done.background and done.output_text == "here", done
assert client.responses.input_items.list(done.id).data[0].role == "user"

# A stream that breaks after any event goes on after it, with the same events.
stream = client.responses.create(model="m", input="count", background=True, stream=True)
whole = list(stream)
identity = whole[0].response.id
assert [event.sequence_number for event in whole] == list(range(len(whole))), whole
assert whole[0].type == "response.created" and whole[-1].type == "response.completed", whole
assert whole[-1].response.id == identity
text = "".join(event.delta for event in whole if event.type == "response.output_text.delta")
assert text == whole[-1].response.output_text and text, text
for after in range(-1, len(whole) - 1):
    place = {} if after < 0 else {"starting_after": after}
    rest = list(client.responses.retrieve(identity, stream=True, **place))
    assert rest == whole[after + 1 :], (after, rest)

# The same while it is being made.
stream = client.responses.create(model="m", input="count", background=True, stream=True)
seen = [next(iter(stream)) for _ in range(1)]
stream.close()
rest = list(client.responses.retrieve(seen[0].response.id, stream=True, starting_after=0))
assert [event.sequence_number for event in rest] == list(range(1, len(rest) + 1)), rest
assert rest[-1].type == "response.completed", rest[-1]

# Not in the background: kept too, and gone on with.
first = client.responses.create(model="m", input="hello")
assert client.responses.retrieve(first.id).output_text == first.output_text == "here"
second = client.responses.create(model="m", input="and now?", previous_response_id=first.id)
assert second.previous_response_id == first.id, second
texts = [str(item) for item in client.responses.input_items.list(second.id).data]
assert len(texts) == 3 and "hello" in texts[0] and "here" in texts[1], texts
events = list(client.responses.create(model="m", input="count", stream=True))
kept = client.responses.retrieve(events[-1].response.id)
assert kept.output_text == events[-1].response.output_text, kept

unkept = client.responses.create(model="m", input="hello", store=False)
for identity in (unkept.id, "resp_none"):
    try:
        client.responses.retrieve(identity)
        raise AssertionError("it is kept")
    except openai.NotFoundError:
        pass

slow = client.responses.create(model="m", input="slow", background=True)
assert client.responses.cancel(slow.id).status == "cancelled"
assert client.responses.retrieve(slow.id).status == "cancelled"
client.responses.delete(slow.id)
try:
    client.responses.retrieve(slow.id)
    raise AssertionError("it is there")
except openai.NotFoundError:
    pass
print("ok")
