"""Files and batches with OpenAI's own SDK. Usage: batches.py URL"""
import io
import json
import sys
import time

import openai

client = openai.OpenAI(base_url=sys.argv[1] + "/v1", api_key="none", max_retries=0)


def line(name, **changes):
    body = {"model": "m", "messages": [{"role": "user", "content": name}]}
    request = {"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": body}
    return request | changes


def upload(lines):
    text = "\n".join(json.dumps(each) if isinstance(each, dict) else each for each in lines)
    return client.files.create(file=("in.jsonl", io.BytesIO(text.encode())), purpose="batch")


def run(lines, until=("completed", "failed", "expired", "cancelled")):
    batch = client.batches.create(
        input_file_id=upload(lines).id,
        endpoint="/v1/chat/completions",
        completion_window="24h",
        metadata={"of": "a test"},
    )
    assert batch.status == "validating" and batch.object == "batch", batch
    for _ in range(600):
        batch = client.batches.retrieve(batch.id)
        if batch.status in until:
            return batch
        time.sleep(0.1)
    raise AssertionError(batch)


file = upload([line("a")])
assert file.purpose == "batch" and file.filename == "in.jsonl" and file.bytes > 100, file
assert client.files.retrieve(file.id).id == file.id
assert file.id in [each.id for each in client.files.list(purpose="batch")]
assert [each.id for each in client.files.list(purpose="vision")] == []
assert json.loads(client.files.content(file.id).text) == line("a")
assert client.files.delete(file.id).deleted
try:
    client.files.retrieve(file.id)
    raise AssertionError("a deleted file is there")
except openai.NotFoundError as error:
    assert file.id in str(error), error

# Larger than one chunk, so that it is put together again from several.
big = io.BytesIO(b"0123456789abcdef" * 200_000)
stored = client.files.create(file=("big.bin", big), purpose="user_data")
assert client.files.content(stored.id).read() == big.getvalue()

done = run([line("a"), line("b"), line("c"), line("d", body={"model": "unknown", "messages": []})])
assert done.status == "completed", done
assert done.metadata == {"of": "a test"}, done
counts = done.request_counts
assert (counts.total, counts.completed, counts.failed) == (4, 3, 1), done
assert done.in_progress_at and done.finalizing_at and done.completed_at, done
answers = [json.loads(each) for each in client.files.content(done.output_file_id).iter_lines()]
assert [each["custom_id"] for each in answers] == ["a", "b", "c"], answers
for each in answers:
    assert each["id"].startswith("batch_req_") and each["error"] is None, each
    assert each["response"]["status_code"] == 200 and each["response"]["request_id"], each
    assert each["response"]["body"]["choices"][0]["message"]["role"] == "assistant", each
errors = [json.loads(each) for each in client.files.content(done.error_file_id).iter_lines()]
assert [each["custom_id"] for each in errors] == ["d"], errors
assert errors[0]["response"]["status_code"] == 404, errors
assert client.files.retrieve(done.output_file_id).purpose == "batch_output"

bad = run([line("a"), "{", line("a"), line("b", url="/v1/embeddings"), "", line("")])
assert bad.status == "failed" and bad.output_file_id is None, bad
found = {each.line: each.code for each in bad.errors.data}
assert found == {
    2: "invalid_json_line",
    3: "duplicate_custom_id",
    4: "mismatched_endpoint",
    6: "missing_required_parameter",
}, found

ids = [each.id for each in client.batches.list(limit=1)]
assert ids == [bad.id, done.id], ids

many = [line(f"n{number}") for number in range(2000)]
running = run(many, until=("in_progress",))
assert client.batches.cancel(running.id).status in ("cancelling", "cancelled")
for _ in range(100):
    running = client.batches.retrieve(running.id)
    if running.status == "cancelled":
        break
    time.sleep(0.1)
assert running.status == "cancelled" and running.cancelled_at, running
assert running.request_counts.total == 2000, running
lines = []
for name in (running.output_file_id, running.error_file_id):
    if name:
        lines += [json.loads(each) for each in client.files.content(name).iter_lines()]
assert sorted(each["custom_id"] for each in lines) == sorted(each["custom_id"] for each in many)

try:
    client.batches.create(
        input_file_id="file-none", endpoint="/v1/chat/completions", completion_window="24h"
    )
    raise AssertionError("a batch of no file")
except openai.BadRequestError as error:
    assert error.param == "input_file_id", error
print("ok")
