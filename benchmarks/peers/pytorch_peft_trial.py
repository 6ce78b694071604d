"""PyTorch's side of benchmarks:trial: one whole trial on MRPC or STS-B, from files to dev scores.

Answers one JSON line, the job (benchmarks/src/trial/protocol.ts), with one, the result. Written as a careful user
of transformers and PEFT would: texts tokenized once, batches padded to their longest example, no gradients in
evaluation. Evaluation keeps the rows' order and uses batches of 64.
"""

import math
import os
import time

import numpy
import protocol
import pytorch_peft_model
import torch
import transformers

EVALUATION_BATCH = 64


def accuracy_and_f1(logits, labels):
    predicted = logits.argmax(-1).tolist()
    both = sum(guess == label == 1 for guess, label in zip(predicted, labels))
    either = predicted.count(1) + labels.count(1)
    return {
        "accuracy": sum(guess == label for guess, label in zip(predicted, labels)) / len(labels),
        "f1": 2 * both / either if either else 0.0,
    }


def ranks(values):
    """Ranks from 0; equal values share their mean rank."""
    _, inverse, counts = numpy.unique(values, return_inverse=True, return_counts=True)
    return (numpy.cumsum(counts) - (counts + 1) / 2)[inverse]


def correlations(logits, labels):
    predicted = logits[:, 0].numpy()
    pearson = float(numpy.corrcoef(predicted, labels)[0, 1])
    spearman = float(numpy.corrcoef(ranks(predicted), ranks(labels))[0, 1])
    return {"pearson": pearson, "spearman": spearman, "pearson_spearman": (pearson + spearman) / 2}


# One label is a regression, by transformers' rule: the mean squared error.
TASKS = {
    "MRPC": {
        "columns": ("Quality", "#1 String", "#2 String"),
        "label": int,
        "num_labels": 2,
        "scores": accuracy_and_f1,
        "metric": "accuracy",
    },
    "STS-B": {
        "columns": ("score", "sentence1", "sentence2"),
        "label": float,
        "num_labels": 1,
        "scores": correlations,
        "metric": "pearson_spearman",
    },
}


def read_rows(path, task):
    """(label, first, second) of GLUE's TSV: a byte order mark perhaps, a header, no quoting."""
    with open(path, encoding="utf-8-sig", newline="\n") as file:
        header = file.readline().rstrip("\r\n").split("\t")
        columns = [header.index(name) for name in task["columns"]]
        rows = [line.rstrip("\r\n").split("\t") for line in file]
    return [(task["label"](row[columns[0]]), row[columns[1]], row[columns[2]]) for row in rows]


def encode(tokenizer, rows, max_length):
    encoded = tokenizer([row[1] for row in rows], [row[2] for row in rows], truncation=True, max_length=max_length)
    return [
        {"input_ids": ids, "token_type_ids": types, "label": row[0]}
        for ids, types, row in zip(encoded["input_ids"], encoded["token_type_ids"], rows)
    ]


def collate(examples, pad):
    """A batch padded to its longest example."""
    longest = max(len(example["input_ids"]) for example in examples)

    def padded(key, filler):
        return torch.tensor([example[key] + [filler] * (longest - len(example[key])) for example in examples])

    mask = [[1] * len(e["input_ids"]) + [0] * (longest - len(e["input_ids"])) for e in examples]
    return {
        "input_ids": padded("input_ids", pad),
        "token_type_ids": padded("token_type_ids", 0),
        "attention_mask": torch.tensor(mask),
        "labels": torch.tensor([example["label"] for example in examples]),
    }


@torch.no_grad()
def scores(model, examples, pad, task):
    model.eval()
    logits = []
    for start in range(0, len(examples), EVALUATION_BATCH):
        batch = collate(examples[start : start + EVALUATION_BATCH], pad)
        logits.append(model(**batch).logits)
    model.train()
    return task["scores"](torch.cat(logits), [example["label"] for example in examples])


def rate_factor(step, steps, warm_up):
    """Linear warm-up and decay, as @lomap/train's schedule (step 0 is not at rate 0)."""
    return (step + 1) / (warm_up + 1) if step < warm_up else (steps - step) / max(1, steps - warm_up)


def train(model, training, selection, job, pad, task):
    """Trains to the last step; the model ends with the parameters of the best epoch on the selection split."""
    trained = pytorch_peft_model.trained(model)
    per_epoch = math.ceil(len(training) / job["batchSize"])
    steps = job["maxSteps"] or math.ceil(job["epochs"] * per_epoch)
    warm_up = min(steps, math.ceil(job["warmupRatio"] * steps))
    optimizer = torch.optim.AdamW(trained, job["learningRate"], weight_decay=0.0)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_factor(step, steps, warm_up))
    shuffle = torch.Generator().manual_seed(job["seed"])
    best, best_params, done = -math.inf, None, 0
    while done < steps:
        order = torch.randperm(len(training), generator=shuffle).tolist()
        for start in range(0, len(order), job["batchSize"]):
            batch = collate([training[row] for row in order[start : start + job["batchSize"]]], pad)
            optimizer.zero_grad()
            model(**batch).loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, job["maxGradNorm"])
            optimizer.step()
            scheduler.step()
            done += 1
            if done == steps:
                break
        score = scores(model, selection, pad, task)[task["metric"]]
        if best_params is None or score > best:
            best, best_params = score, [parameter.detach().clone() for parameter in trained]
    with torch.no_grad():
        for parameter, value in zip(trained, best_params):
            parameter.copy_(value)
    return done, best


def run(job):
    torch.set_num_threads(job["threads"])
    torch.manual_seed(job["seed"])
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_file=os.path.join(job["model"], "tokenizer.json"), pad_token="[PAD]"
    )
    tokenizer.model_input_names = ["input_ids", "token_type_ids", "attention_mask"]
    pad = tokenizer.pad_token_id
    task = TASKS[job["task"]]
    folder = os.path.join(job["data"], job["task"])
    rows = encode(tokenizer, read_rows(os.path.join(folder, "train.tsv"), task), job["maxLength"])
    dev = encode(tokenizer, read_rows(os.path.join(folder, "dev.tsv"), task), job["maxLength"])
    held_out = set(job["selectionRows"])
    training = [row for index, row in enumerate(rows) if index not in held_out]
    selection = [rows[index] for index in job["selectionRows"]]
    model = pytorch_peft_model.load(
        job["model"], job["method"], rank=job["rank"], dropout=job["dropout"], num_labels=task["num_labels"]
    )
    steps, best = train(model, training, selection, job, pad, task)
    return {
        "type": "result",
        "steps": steps,
        "parameters": sum(parameter.numel() for parameter in pytorch_peft_model.trained(model)),
        "selectionScore": best,
        "dev": scores(model, dev, pad, task),
        "processorSeconds": time.process_time(),
        "peakMemoryBytes": pytorch_peft_model.peak_memory_bytes(),
        "versions": pytorch_peft_model.versions(),
    }


protocol.serve(run)
