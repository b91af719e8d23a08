"""Message batches with Anthropic's own SDK. Usage: message_batches.py URL"""
import sys
import time

import anthropic

client = anthropic.Anthropic(base_url=sys.argv[1], api_key="none", max_retries=0)


def request(name, model="m"):
    message = {"role": "user", "content": "hello"}
    return {
        "custom_id": name,
        "params": {"model": model, "max_tokens": 9, "messages": [message]},
    }


batch = client.messages.batches.create(requests=[request("a"), request("b"), request("c", "none")])
assert batch.id.startswith("msgbatch_") and batch.type == "message_batch", batch
for _ in range(200):
    batch = client.messages.batches.retrieve(batch.id)
    if batch.processing_status == "ended":
        break
    time.sleep(0.1)
counts = batch.request_counts
assert (counts.processing, counts.succeeded, counts.errored) == (0, 2, 1), batch
results = {result.custom_id: result.result for result in client.messages.batches.results(batch.id)}
assert sorted(results) == ["a", "b", "c"], results
assert results["a"].type == "succeeded", results
assert results["a"].message.content[0].text == "here", results
assert results["c"].type == "errored" and results["c"].error.type == "error", results
assert batch.id in [each.id for each in client.messages.batches.list()]

many = client.messages.batches.create(requests=[request(f"n{number}") for number in range(500)])
stopped = client.messages.batches.cancel(many.id)
assert stopped.processing_status in ("canceling", "ended"), stopped
for _ in range(100):
    stopped = client.messages.batches.retrieve(many.id)
    if stopped.processing_status == "ended":
        break
    time.sleep(0.1)
kinds = [result.result.type for result in client.messages.batches.results(many.id)]
assert len(kinds) == 500 and "canceled" in kinds, kinds
assert client.messages.batches.delete(many.id).type == "message_batch_deleted"
try:
    client.messages.batches.create(requests=[request("a"), request("a")])
    raise AssertionError("the same name twice")
except anthropic.BadRequestError as error:
    assert "requests.1.custom_id" in str(error), error
print("ok")
