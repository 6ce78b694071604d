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


def serve_steps(load, others=None):
    """Serves a trainer's steps: `load(job)` returns the trainer and the answer to the first request, `load`.

    Every request after it is a turn, but for the commands in `others`: functions of the trainer and the request.
    """
    trainer = None

    def answer(request):
        nonlocal trainer
        command = request["command"]
        if command == "load":
            trainer, loaded = load(request)
            return loaded
        if others and command in others:
            return others[command](trainer, request)
        return turn(trainer.step, request["warmUp"])

    serve(answer)
