"""Each error reaches the SDK as the class that its users catch."""

import openai
from openai import OpenAI

client = OpenAI(max_retries=0)
MESSAGES = [{"role": "user", "content": "hi"}]


def expect(kind, call, status=None, code=None):
    try:
        call()
    except kind as error:
        assert type(error) is kind, (kind, type(error))
        if status is not None:
            assert error.status_code == status, error.status_code
            assert error.request_id.startswith("req_"), error.request_id
        if code is not None:
            assert error.code == code, error.code
        return error
    raise AssertionError(f"no {kind.__name__}")


def chat(model, using=client, **options):
    return using.chat.completions.create(model=model, messages=MESSAGES, **options)


expect(openai.AuthenticationError, lambda: chat("echo", OpenAI(api_key="wrong")), 401, "invalid_api_key")
expect(openai.NotFoundError, lambda: chat("nobody"), 404, "model_not_found")
expect(openai.NotFoundError, lambda: client.models.retrieve("nobody"), 404, "model_not_found")
expect(openai.NotFoundError, lambda: client.files.list(), 404, "unknown_url")
expect(openai.BadRequestError, lambda: chat(""), 400, "missing_required_parameter")
expect(openai.BadRequestError, lambda: chat("echo", stream=False, extra_body={"stream": 7}), 400)

bad = expect(openai.BadRequestError, lambda: chat("bad"), 400, "because")
assert bad.param == "top_p" and "told so" in bad.message

for stream in (False, True):
    limited = expect(openai.RateLimitError, lambda: chat("limited", stream=stream), 429, "because")
    assert limited.response.headers["retry-after"] == "1"
    expect(openai.InternalServerError, lambda: chat("failing", stream=stream), 500, "because")
expect(openai.InternalServerError, lambda: chat("broken-first", stream=True), 503, "link_reset")

pieces = []


def consume():
    for chunk in chat("broken", stream=True):
        pieces.append(chunk.choices[0].delta.content)


broken = expect(openai.APIError, consume)
assert pieces == ["t0", "t1", "t2"], pieces
assert broken.code == "stream_interrupted", broken.code
assert "broke before it was complete" in broken.message

