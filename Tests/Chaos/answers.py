"""What the chaos run's model answers: a pure function of the prompt, so that every byte can be checked."""

import random

WORDS = (
    "the sea is wide and the ice is old while a ship waits for the pass of one small satellite over "
    "Mühlhausen, 東京 or Владивосток — and says “ready” 🛰️ twice; then: {\"x\":1}\n\nend.\ttab \\ slash"
).split(" ")


def pieces(prompt, count=40):
    """The answer to `prompt` as the pieces that a stream carries it in."""
    chosen = random.Random(prompt).choices(WORDS, k=count)
    return [chosen[0]] + [" " + word for word in chosen[1:]]


def answer(prompt, count=40):
    return "".join(pieces(prompt, count))


def rest(prompt, begun, count=40):
    """The pieces that follow the text `begun`; None where the answer does not begin so.

    A piece that was cut goes on where it was cut. Trailing white space is ignored, as chat templates do."""
    whole = answer(prompt, count)
    begun = begun.rstrip()
    if not whole.startswith(begun):
        return None
    left, position, offset = [], 0, len(begun)
    for piece in pieces(prompt, count):
        end = position + len(piece)
        if end > offset:
            left.append(piece[max(0, offset - position):])
        position = end
    return left
