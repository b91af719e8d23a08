"""Embeddings in base64 (the SDK's default) and as floats; the list of models and one of them."""

from openai import OpenAI

client = OpenAI(max_retries=0)

for options in ({}, {"encoding_format": "float"}):
    result = client.embeddings.create(model="embed", input=["a", "b"], **options)
    assert [list(d.embedding) for d in result.data] == [[0.5, -1.25], [2.0, 3.0]], options
    assert result.usage.prompt_tokens == 4

models = list(client.models.list())
assert "echo" in [m.id for m in models]
one = client.models.retrieve("echo")
assert (one.id, one.object, one.owned_by) == ("echo", "model", "test")
assert one.created == 1767225600
