"""Anthropic's SDK over a backend that speaks only chat: messages, streams, tools, errors."""

import json

import anthropic

client = anthropic.Anthropic(max_retries=0)
UNICODE = "héllo wörld — 日本語 🛰️👩🏽‍🚀 \"quoted\" \\ \n ß"


def ask(text, model="echo", using=client, **options):
    return using.messages.create(
        model=model, max_tokens=100, messages=[{"role": "user", "content": text}], **options
    )


message = ask(UNICODE)
assert message.content[0].text == UNICODE, message
assert (message.role, message.type, message.model) == ("assistant", "message", "echo")
assert message.stop_reason == "end_turn"
assert message.usage.input_tokens == 5 and message.usage.output_tokens == len(UNICODE)
assert message._request_id.startswith("req_"), message._request_id

with client.messages.stream(
    model="echo", max_tokens=100, messages=[{"role": "user", "content": UNICODE}]
) as stream:
    assert "".join(stream.text_stream) == UNICODE
    final = stream.get_final_message()
assert final.stop_reason == "end_turn"
assert final.usage.input_tokens == 5 and final.usage.output_tokens == len(UNICODE)

kinds = [event.type for event in ask("ab", stream=True)]
assert kinds == [
    "message_start",
    "content_block_start",
    "content_block_delta",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
], kinds

TOOLS = [
    {
        "name": "pass_of",
        "description": "Next pass of a satellite",
        "input_schema": {"type": "object", "properties": {"satellite": {"type": "string"}}},
    }
]
called = ask("when?", model="tools", tools=TOOLS)
assert called.stop_reason == "tool_use"
call = called.content[0]
assert (call.type, call.id, call.name) == ("tool_use", "call_1", "pass_of")
assert call.input == {"satellite": "ISS 🛰️"}, call.input
with client.messages.stream(
    model="tools", max_tokens=9, tools=TOOLS, messages=[{"role": "user", "content": "when?"}]
) as stream:
    final = stream.get_final_message()
assert final.stop_reason == "tool_use"
assert final.content[0].input == {"satellite": "ISS 🛰️"}, final

# What the backend got of a conversation with everything in it.
mirrored = client.messages.create(
    model="mirror",
    max_tokens=100,
    system=[{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
    messages=[
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "look"},
                {
                    "type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw=="},
                },
            ],
        },
        {"role": "assistant", "content": called.content},
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": "at noon"}],
        },
    ],
    tools=TOOLS,
    tool_choice={"type": "any"},
    stop_sequences=["END"],
    extra_body={"x_unknown": [1, 2], "top_k": 3},
)
got = json.loads(mirrored.content[0].text)
assert [m["role"] for m in got["messages"]] == ["system", "user", "assistant", "tool"], got
assert got["messages"][1]["content"][1]["image_url"]["url"] == "data:image/png;base64,iVBORw=="
assert got["messages"][2]["tool_calls"][0]["function"]["name"] == "pass_of"
assert got["messages"][3] == {"role": "tool", "tool_call_id": "call_1", "content": "at noon"}
assert got["tools"][0]["function"]["parameters"] == TOOLS[0]["input_schema"]
assert (got["tool_choice"], got["stop"], got["top_k"]) == ("required", ["END"], 3)
assert got["x_unknown"] == [1, 2] and got["max_tokens"] == 100

tokens = client.messages.count_tokens(
    model="echo", messages=[{"role": "user", "content": "one two three"}]
)
assert tokens.input_tokens == 3 + 4, tokens

models = client.models.list()
assert "echo" in [m.id for m in models.data] and not models.has_more
assert client.models.retrieve("echo").display_name == "echo"


def expect(kind, call, status):
    try:
        call()
    except kind as error:
        assert type(error) is kind, (kind, type(error))
        assert error.status_code == status, error.status_code
        assert error.body["type"] == "error", error.body
        assert error.request_id.startswith("req_"), error.request_id
        return error
    raise AssertionError(f"no {kind.__name__}")


stranger = anthropic.Anthropic(max_retries=0, api_key="wrong")
expect(anthropic.AuthenticationError, lambda: ask("a", using=stranger), 401)
expect(anthropic.NotFoundError, lambda: ask("a", model="nobody"), 404)
expect(anthropic.NotFoundError, lambda: client.models.retrieve("nobody"), 404)
expect(anthropic.BadRequestError, lambda: ask(7), 400)
for stream in (False, True):
    bad = expect(anthropic.BadRequestError, lambda: ask("a", model="bad", stream=stream), 400)
    assert bad.body["error"] == {"type": "invalid_request_error", "message": "told so"}, bad.body
    limited = expect(
        anthropic.RateLimitError, lambda: ask("a", model="limited", stream=stream), 429
    )
    assert limited.response.headers["retry-after"] == "1"
    expect(
        anthropic.InternalServerError, lambda: ask("a", model="failing", stream=stream), 500
    )

pieces = []
try:
    for event in ask("a", model="broken", stream=True):
        if event.type == "content_block_delta":
            pieces.append(event.delta.text)
    raise AssertionError("a broken stream ended as if it were whole")
except anthropic.APIStatusError as error:
    assert "broke before it was complete" in str(error), error
assert pieces == ["t0", "t1", "t2"], pieces
