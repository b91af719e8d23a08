"""Tool definitions go up and tool calls come down untouched, streamed and not."""

import json

from openai import OpenAI

client = OpenAI(max_retries=0)
request = {
    "model": "tools",
    "messages": [{"role": "user", "content": "when?"}],
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "pass_of",
                "description": "Next pass of a satellite",
                "parameters": {
                    "type": "object",
                    "properties": {"satellite": {"type": "string"}},
                    "required": ["satellite"],
                },
            },
        }
    ],
    "tool_choice": "auto",
}

choice = client.chat.completions.create(**request).choices[0]
assert choice.finish_reason == "tool_calls"
assert choice.message.content is None
call = choice.message.tool_calls[0]
assert (call.id, call.function.name) == ("call_1", "pass_of")
assert json.loads(call.function.arguments) == {"satellite": "ISS 🛰️"}

names, arguments = [], ""
for chunk in client.chat.completions.create(stream=True, **request):
    for part in chunk.choices[0].delta.tool_calls or []:
        assert part.index == 0
        if part.function.name:
            names.append((part.id, part.function.name))
        arguments += part.function.arguments or ""
assert names == [("call_1", "pass_of")]
assert json.loads(arguments) == {"satellite": "ISS 🛰️"}
