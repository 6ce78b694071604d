"""PyTorch's side of benchmarks:trial: one whole MRPC trial, from files to dev scores.

Answers one JSON line, the job (benchmarks/src/trial/protocol.ts), with one, the result. Written as a careful user
of transformers and PEFT would: texts tokenized once, batches padded to their longest example, no gradients in
evaluation. Evaluation keeps the rows' order and uses batches of 64.
"""

import math
import os
import time

import protocol
import pytorch_peft_model
import torch
import transformers

EVALUATION_BATCH = 64


def read_rows(path):
    """(label, first, second) of MRPC's TSV: a byte order mark, a header, no quoting."""
    with open(path, encoding="utf-8-sig", newline="\n") as file:
        header = file.readline().rstrip("\n").split("\t")
        columns = [header.index(name) for name in ("Quality", "#1 String", "#2 String")]
        rows = [line.rstrip("\r\n").split("\t") for line in file]
    return [(int(row[columns[0]]), row[columns[1]], row[columns[2]]) for row in rows]


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
def scores(model, examples, pad):
    model.eval()
    predicted = []
    for start in range(0, len(examples), EVALUATION_BATCH):
        batch = collate(examples[start : start + EVALUATION_BATCH], pad)
        predicted += model(**batch).logits.argmax(-1).tolist()
    model.train()
    pairs = [(guess, example["label"]) for guess, example in zip(predicted, examples)]
    both = sum(guess == label == 1 for guess, label in pairs)
    either = sum(guess == 1 for guess, _ in pairs) + sum(label == 1 for _, label in pairs)
    return {
        "accuracy": sum(guess == label for guess, label in pairs) / len(pairs),
        "f1": 2 * both / either if either else 0.0,
    }


def rate_factor(step, steps, warm_up):
    """Linear warm-up and decay, as @lomap/train's schedule (step 0 is not at rate 0)."""
    return (step + 1) / (warm_up + 1) if step < warm_up else (steps - step) / max(1, steps - warm_up)


def train(model, training, selection, job, pad):
    """Trains to the last step; the model ends with the parameters of the best epoch on the selection split."""
    trained = pytorch_peft_model.trained(model)
    per_epoch = math.ceil(len(training) / job["batchSize"])
    steps = job["maxSteps"] or math.ceil(job["epochs"] * per_epoch)
    warm_up = min(steps, math.ceil(job["warmupRatio"] * steps))
    optimizer = torch.optim.AdamW(trained, job["learningRate"], weight_decay=0.0)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_factor(step, steps, warm_up))
    shuffle = torch.Generator().manual_seed(job["seed"])
    best, best_params, done = -1.0, None, 0
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
        score = scores(model, selection, pad)["accuracy"]
        if score > best:
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
    folder = os.path.join(job["data"], "MRPC")
    rows = encode(tokenizer, read_rows(os.path.join(folder, "train.tsv")), job["maxLength"])
    dev = encode(tokenizer, read_rows(os.path.join(folder, "dev.tsv")), job["maxLength"])
    held_out = set(job["selectionRows"])
    training = [row for index, row in enumerate(rows) if index not in held_out]
    selection = [rows[index] for index in job["selectionRows"]]
    model = pytorch_peft_model.load(job["model"], job["method"], rank=job["rank"], dropout=job["dropout"])
    steps, best = train(model, training, selection, job, pad)
    return {
        "type": "result",
        "steps": steps,
        "parameters": sum(parameter.numel() for parameter in pytorch_peft_model.trained(model)),
        "selectionScore": best,
        "dev": scores(model, dev, pad),
        "processorSeconds": time.process_time(),
        "peakMemoryBytes": pytorch_peft_model.peak_memory_bytes(),
        "versions": pytorch_peft_model.versions(),
    }


protocol.serve(run)
