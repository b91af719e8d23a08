"""A stream that breaks after its first token goes on, and the SDK sees one."""

from openai import OpenAI

client = OpenAI(max_retries=0)


def ask(**options):
    return client.chat.completions.create(
        model="breaks", messages=[{"role": "user", "content": "hello"}], **options
    )


pieces = list(ask(stream=True, stream_options={"include_usage": True}))
text = "".join(p.choices[0].delta.content or "" for p in pieces if p.choices)
assert text == "Once more, with an end 🚀.", text
assert len({p.id for p in pieces}) == 1, pieces
assert [p.choices[0].finish_reason for p in pieces if p.choices][-1] == "stop"
assert pieces[-1].usage.prompt_tokens == 7, pieces[-1]
assert pieces[-1].usage.completion_tokens == 7, pieces[-1]
assert pieces[-1].perigee == {"resumed": 1}, pieces[-1]

with client.chat.completions.stream(
    model="breaks", messages=[{"role": "user", "content": "again"}]
) as stream:
    final = stream.get_final_completion()
assert final.choices[0].message.content == "Once more, with an end 🚀.", final
assert final.choices[0].message.role == "assistant", final
print("ok")
