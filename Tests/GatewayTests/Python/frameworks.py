"""LangChain, the `llm` command and curl, as their users run them, over a backend that speaks only chat."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from langchain_anthropic import ChatAnthropic
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

BASE = os.environ["OPENAI_BASE_URL"]
KEY = os.environ["OPENAI_API_KEY"]


@tool
def pass_of(satellite: str) -> str:
    """Next pass of a satellite"""
    return satellite


def models(name):
    yield ChatOpenAI(model=name, max_retries=0)
    yield ChatOpenAI(model=name, max_retries=0, use_responses_api=True)
    yield ChatAnthropic(model=name, max_retries=0)


def text_of(message):
    if isinstance(message.content, str):
        return message.content
    return "".join(part.get("text", "") for part in message.content)


for model in models("echo"):
    answer = model.invoke("hello 🛰️")
    assert text_of(answer) == "hello 🛰️", answer
    assert answer.usage_metadata["input_tokens"] == 5, answer.usage_metadata
    pieces = list(model.stream("hello"))
    assert "".join(text_of(piece) for piece in pieces) == "hello", pieces
for model in models("tools"):
    answer = model.bind_tools([pass_of]).invoke("when?")
    assert answer.tool_calls[0]["args"] == {"satellite": "ISS 🛰️"}, answer
    whole = None
    for piece in model.bind_tools([pass_of]).stream("when?"):
        whole = piece if whole is None else whole + piece
    assert whole.tool_calls[0]["args"] == {"satellite": "ISS 🛰️"}, whole
embeddings = OpenAIEmbeddings(model="embed", check_embedding_ctx_length=False)
assert embeddings.embed_documents(["a", "b"]) == [[0.5, -1.25], [2.0, 3.0]]

with tempfile.TemporaryDirectory() as folder:
    entry = f"- model_id: perigee-echo\n  model_name: echo\n  api_base: {BASE}\n"
    entry += "  api_key_name: perigee\n"
    pathlib.Path(folder, "extra-openai-models.yaml").write_text(entry)
    command = [sys.executable, "-m", "llm", "-m", "perigee-echo", "--key", KEY, "--no-log"]
    for extra in ([], ["--no-stream"]):
        run = subprocess.run(
            command + extra + ["hello llm"],
            env=dict(os.environ, LLM_USER_PATH=folder),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert run.stdout.strip() == "hello llm", run


def curl(path, body, *options):
    run = subprocess.run(
        ["curl", "-sS", "-N", *options, "-H", "content-type: application/json"]
        + ["-H", f"x-api-key: {KEY}", BASE + path, "-d", json.dumps(body)],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run
    return run.stdout


ASK = {"model": "echo", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 5}
assert json.loads(curl("/messages", ASK))["content"][0]["text"] == "hi"
events = curl("/messages", dict(ASK, stream=True)).split("\n\n")
assert events[0].startswith("event: message_start\ndata: {"), events
assert events[-2] == 'event: message_stop\ndata: {"type":"message_stop"}', events
assert curl("/chat/completions", dict(ASK, stream=True)).endswith("data: [DONE]\n\n")
assert len(json.loads(curl("/responses", {"model": "echo", "input": "y"}))["output"]) == 1
assert json.loads(curl("/messages", dict(ASK, model="nobody")))["error"]["type"] == "not_found_error"
