"""OpenAI's responses and older completions over a backend that speaks only chat."""

import json

import openai
from openai import OpenAI

client = OpenAI(max_retries=0)
UNICODE = "héllo wörld — 日本語 🛰️👩🏽‍🚀 \"quoted\" \\ \n ß"

whole = client.responses.create(model="echo", input=UNICODE)
assert whole.output_text == UNICODE, whole
assert (whole.status, whole.object, whole.model) == ("completed", "response", "echo")
assert whole.usage.input_tokens == 5 and whole.usage.output_tokens == len(UNICODE)
assert whole.id.startswith("resp_") and whole._request_id.startswith("req_")

events = list(client.responses.create(model="echo", input=UNICODE, stream=True))
assert [event.sequence_number for event in events] == list(range(len(events)))
assert events[0].type == "response.created" and events[-1].type == "response.completed"
text = "".join(e.delta for e in events if e.type == "response.output_text.delta")
assert text == UNICODE == events[-1].response.output_text
assert events[-1].response.usage.output_tokens == len(UNICODE)
assert len({event.response.id for event in events if hasattr(event, "response")}) == 1

with client.responses.stream(model="echo", input="abc") as stream:
    final = stream.get_final_response()
assert final.output_text == "abc"

TOOLS = [
    {
        "type": "function",
        "name": "pass_of",
        "parameters": {"type": "object", "properties": {"satellite": {"type": "string"}}},
        "strict": False,
    }
]
called = client.responses.create(model="tools", input="when?", tools=TOOLS)
call = called.output[0]
assert (call.type, call.call_id, call.name) == ("function_call", "call_1", "pass_of")
assert json.loads(call.arguments) == {"satellite": "ISS 🛰️"}
with client.responses.stream(model="tools", input="when?", tools=TOOLS) as stream:
    final = stream.get_final_response()
assert json.loads(final.output[0].arguments) == {"satellite": "ISS 🛰️"}, final

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
mirrored = client.responses.create(
    model="mirror",
    instructions="Be brief.",
    input=[
        {"role": "user", "content": [{"type": "input_text", "text": "look"}]},
        call.model_dump(exclude={"status"}),
        {"type": "function_call_output", "call_id": "call_1", "output": "at noon"},
    ],
    tools=TOOLS,
    text={"format": {"type": "json_schema", "name": "n", "schema": SCHEMA, "strict": True}},
    max_output_tokens=77,
    extra_body={"x_unknown": True},
)
got = json.loads(mirrored.output_text)
assert [m["role"] for m in got["messages"]] == ["system", "user", "assistant", "tool"], got
assert got["messages"][2]["tool_calls"][0]["id"] == "call_1"
assert got["response_format"]["json_schema"] == {"name": "n", "schema": SCHEMA, "strict": True}
assert got["max_tokens"] == 77 and got["x_unknown"] is True

broken = []
try:
    for event in client.responses.create(model="broken", input="a", stream=True):
        broken.append(event)
except openai.APIError:
    pass
assert broken[-1].type == "response.failed", broken[-1]
assert "broke before it was complete" in broken[-1].response.error.message

try:
    client.responses.create(model="bad", input="a")
    raise AssertionError("no error")
except openai.BadRequestError as error:
    assert error.code == "because" and error.param == "top_p"
try:
    client.responses.create(model="echo", input="a", tools=[{"type": "web_search"}])
    raise AssertionError("no error")
except openai.BadRequestError as error:
    assert error.param == "tools[0]", error.body

legacy = client.completions.create(model="echo", prompt="once upon")
assert legacy.choices[0].text == "once upon" and legacy.usage.prompt_tokens == 5
pieces = client.completions.create(
    model="echo", prompt="once", stream=True, stream_options={"include_usage": True}
)
pieces = list(pieces)
assert "".join(p.choices[0].text for p in pieces if p.choices) == "once"
assert pieces[-1].usage.completion_tokens == 4

for options in ({}, {"encoding_format": "float"}):
    result = client.embeddings.create(model="embed", input=["a", "b"], **options)
    assert [list(d.embedding) for d in result.data] == [[0.5, -1.25], [2.0, 3.0]], options
