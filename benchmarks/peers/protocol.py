"""What the peers' processes share: JSON lines on stdin and stdout, as benchmarks/src/common/child.ts speaks them."""

import json
import sys


def serve(answer):
    """Answers each line of stdin with one of stdout, until stdin closes. What a library prints goes to stderr."""
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        try:
            message = answer(json.loads(line))
        except Exception as error:
            message = {"type": "error", "message": f"{type(error).__name__}: {error}"}
        print(json.dumps(message), file=out, flush=True)


def turn(step, warm_up):
    """The answer to a turn: some steps unmeasured, then one measured. `step` returns its milliseconds and its loss."""
    for _ in range(warm_up):
        step()
    milliseconds, loss = step()
    return {"type": "turn", "ms": milliseconds, "loss": loss}
