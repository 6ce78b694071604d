"""PyTorch's side of benchmarks:step. JSON lines on stdin and stdout, as benchmarks/src/step/protocol.ts says.

{"command": "load", ...} builds one model and its optimizer; {"command": "turn", "warmUp": w} runs w steps unmeasured
and one measured. The process sleeps in between. It ends when stdin does.
"""

import json
import sys
import time

import pytorch_peft_model
import torch


class Trainer:
    def __init__(self, job):
        torch.set_num_threads(job["threads"])
        torch.manual_seed(0)
        self.model = pytorch_peft_model.load(job["model"], job["method"], rank=job["rank"])
        self.trained = pytorch_peft_model.trained(self.model)
        self.optimizer = torch.optim.AdamW(self.trained, job["learningRate"], weight_decay=0.0)
        ids = torch.tensor(job["inputIds"])
        self.batch = {
            "input_ids": ids,
            "attention_mask": torch.ones_like(ids),
            "token_type_ids": torch.zeros_like(ids),
            "labels": torch.tensor(job["labels"]),
        }
        self.max_norm = job["maxGradNorm"]
        self.step()

    def step(self):
        """One training step; returns its milliseconds and its loss."""
        started = time.perf_counter()
        self.optimizer.zero_grad()
        loss = self.model(**self.batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.trained, self.max_norm)
        self.optimizer.step()
        return (time.perf_counter() - started) * 1e3, loss.item()


def main():
    # A library that prints must not break the protocol.
    out, sys.stdout = sys.stdout, sys.stderr

    def tell(message):
        print(json.dumps(message), file=out, flush=True)

    trainer = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["command"] == "load":
                trainer = Trainer(request)
                parameters = sum(parameter.numel() for parameter in trainer.trained)
                notes = ["LoMAP is not in PEFT: by the formula in plain PyTorch."] if request["method"] == "lomap" else []
                tell(
                    {
                        "type": "loaded",
                        "parameters": parameters,
                        "threads": torch.get_num_threads(),
                        "versions": pytorch_peft_model.versions(),
                        "notes": notes,
                    }
                )
            else:
                for _ in range(request["warmUp"]):
                    trainer.step()
                milliseconds, loss = trainer.step()
                tell({"type": "turn", "ms": milliseconds, "loss": loss})
        except Exception as error:
            tell({"type": "error", "message": f"{type(error).__name__}: {error}"})


main()
