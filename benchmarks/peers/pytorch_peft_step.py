"""PyTorch's side of benchmarks:step, memory and sweep. JSON lines on stdin and stdout, as benchmarks/src/step/protocol.ts says.

{"command": "load", ...} builds one model and its optimizer; {"command": "turn", "warmUp": w} runs w steps unmeasured
and one measured; {"command": "batches", ...} runs a step on each of some batches; {"command": "evaluate"} runs the
batch without gradients and says how much memory the process has had. The process sleeps in between. It ends when stdin does.
"""

import time

import protocol
import pytorch_peft_model
import torch


def batch_of(rows, labels, width):
    """A batch padded to `width`."""
    ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    return {
        "input_ids": ids,
        "attention_mask": mask,
        "token_type_ids": torch.zeros_like(ids),
        "labels": torch.tensor(labels),
    }


class Trainer:
    def __init__(self, job):
        torch.set_num_threads(job["threads"])
        torch.manual_seed(0)
        self.model = pytorch_peft_model.load(
            job["model"], job["method"], rank=job["rank"], dropout=job["dropout"]
        )
        self.trained = pytorch_peft_model.trained(self.model)
        self.optimizer = torch.optim.AdamW(self.trained, job["learningRate"], weight_decay=0.0)
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                if parameter.requires_grad and "classifier" in name:
                    weight = name.endswith("weight")
                    parameter.copy_(torch.tensor(job["classifier"]) if weight else torch.zeros_like(parameter))
        # The parameters stay the same tensors.
        self.forward = torch.compile(self.model) if job["torchCompile"] else self.model
        self.batch = batch_of(job["inputIds"], job["labels"], job["padTo"])
        self.max_norm = job["maxGradNorm"]
        self.first_loss = self.step()[1]

    def step(self, batch=None):
        """One training step, on the loaded batch or another; returns its milliseconds and its loss."""
        started = time.perf_counter()
        self.optimizer.zero_grad()
        loss = self.forward(**(batch or self.batch)).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.trained, self.max_norm)
        self.optimizer.step()
        return (time.perf_counter() - started) * 1e3, loss.item()

    def steps(self, rows, labels):
        """A step on each batch; returns the milliseconds of all."""
        batches = [batch_of(ids, own, max(map(len, ids))) for ids, own in zip(rows, labels)]
        started = time.perf_counter()
        for batch in batches:
            self.step(batch)
        return (time.perf_counter() - started) * 1e3

    @torch.no_grad()
    def evaluate(self):
        self.model.eval()
        self.model(**self.batch)
        self.model.train()


def load(job):
    trainer = Trainer(job)
    return trainer, {
        "type": "loaded",
        "parameters": sum(parameter.numel() for parameter in trainer.trained),
        "loss": trainer.first_loss,
        "threads": torch.get_num_threads(),
        "versions": pytorch_peft_model.versions(),
        "notes": ["LoMAP is not in PEFT: by the formula in plain PyTorch."] if job["method"] == "lomap" else [],
    }


def batches(trainer, request):
    return {"type": "batches", "ms": trainer.steps(request["inputIds"], request["labels"])}


def evaluate(trainer, _request):
    trainer.evaluate()
    return {"type": "evaluated", "peakMemoryBytes": pytorch_peft_model.peak_memory_bytes()}


protocol.serve_steps(load, {"batches": batches, "evaluate": evaluate})
