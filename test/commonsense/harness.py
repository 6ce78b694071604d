"""What lm-evaluation-harness asks a model about the rows of LLM-Adapters' files: contexts and continuations, no scores.

usage: harness.py DATA_FOLDER OUT.jsonl [ROWS [MODEL_FOLDER]]

Each task is the harness's own (its YAML as installed), with a local file for its data. The file is made here, from
LLM-Adapters' instructions, in the columns of the data set that the harness would fetch. BoolQ's rows have no passage, so
its `passage` is left out of the harness's text; nothing else of a task is changed.
A line of OUT is one question: {"task", "index", "gold", "pairs": [[context, continuation], ...], "lengths": [...]}, and with a
model the harness's "scores", a log-likelihood a choice, and "metrics".
"""

import json
import os
import re
import sys
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")

from lm_eval.api.task import ConfigurableTask  # noqa: E402
from lm_eval.tasks import TaskManager  # noqa: E402
from lm_eval.tasks._yaml_loader import load_yaml  # noqa: E402


def match(pattern, text):
    return re.fullmatch(pattern, text, re.S).groups()


def numbered(instruction):
    """Question and choices of "Answer1: a Answer2: b ..."."""
    question, body, words = match(
        r"Please choose the correct answer to the question: (.*)\n\nAnswer1: (.*)\n\nAnswer format: (\S+)", instruction
    )
    n = len(words.split("/"))
    choices = match(" ".join(["(.*)"] + [rf"Answer{i}: (.*)" for i in range(2, n + 1)]), body)
    return question, list(choices)


def boolq(row):
    (question,) = match(
        r"Please answer the following question with true or false, question: (.*)\n\nAnswer format: true/false",
        row["instruction"],
    )
    return {"question": question.removesuffix("?"), "label": int(row["answer"] == "true")}


def piqa(row):
    goal, sol1, sol2 = match(
        r"Please choose the correct solution to the question: (.*)\n\nSolution1: (.*)\n\nSolution2: (.*)\n\n"
        r"Answer format: solution1/solution2",
        row["instruction"],
    )
    return {"goal": goal, "sol1": sol1, "sol2": sol2, "label": int(row["answer"][-1]) - 1}


def social_iqa(row):
    text, (a, b, c) = numbered(row["instruction"])
    # The harness puts context and question together again, with a space.
    context, _, question = text.partition(" ")
    return {
        "context": context,
        "question": question,
        "answerA": a,
        "answerB": b,
        "answerC": c,
        "label": row["answer"][-1],
    }


def hellaswag(row):
    text, *endings = match(
        r"Please choose the correct ending to complete the given sentence: (.*)\n\nEnding1: (.*) Ending2: (.*) "
        r"Ending3: (.*) Ending4: (.*)\n\nAnswer format: ending1/ending2/ending3/ending4",
        row["instruction"],
    )
    activity, _, context = text.partition(": ")
    return {
        "activity_label": activity,
        "ctx_a": context,
        "ctx_b": "",
        "endings": endings,
        "label": str(int(row["answer"][-1]) - 1),
    }


def winogrande(row):
    sentence, option1, option2 = match(
        r"Please choose the correct answer to fill in the blank to complete the given sentence: (.*)\n\n"
        r"Option1: (.*) Option2: (.*) Answer format: option1/option2",
        row["instruction"],
    )
    return {"sentence": sentence, "option1": option1, "option2": option2, "answer": row["answer"][-1]}


def arc(row):
    question, choices = numbered(row["instruction"])
    labels = "ABCDE"[: len(choices)]
    return {
        "question": question,
        "choices": {"text": choices, "label": list(labels)},
        "answerKey": labels[int(row["answer"][-1]) - 1],
    }


def openbookqa(row):
    found = arc(row)
    return {"question_stem": found["question"], "choices": found["choices"], "answerKey": found["answerKey"]}


TASKS = {
    "boolq": ("boolq", boolq),
    "piqa": ("piqa", piqa),
    "social_iqa": ("social_i_qa", social_iqa),
    "hellaswag": ("hellaswag", hellaswag),
    "winogrande": ("winogrande", winogrande),
    "arc_easy": ("ARC-Easy", arc),
    "arc_challenge": ("ARC-Challenge", arc),
    "openbookqa": ("openbookqa", openbookqa),
}


def local_task(manager, name, file):
    """The harness's task of that name, the split that it scores taken from the file."""
    config = load_yaml(manager.task_index[name].yaml_path, resolve_func=True)
    split = config.get("test_split") or config["validation_split"]
    config.update(dataset_path="json", dataset_name=None, dataset_kwargs={"data_files": {split: file}})
    config.pop("tag", None)
    config["training_split"] = None
    if config.get("test_split"):
        config["validation_split"] = None
    if name == "boolq":
        config["doc_to_text"] = config["doc_to_text"].replace("{{passage}}\n", "")
        config.update(should_decontaminate=False, doc_to_decontamination_query=None)
    return ConfigurableTask(config=config)


def questions(task, rows, scores):
    """Each question's requests, in the file's order; with their log-likelihoods, where a model is named."""
    task.build_all_requests(limit=rows)
    found = {}
    values = scores(task.instances) if scores else [None] * len(task.instances)
    for instance, value in zip(task.instances, values, strict=True):
        found.setdefault(instance.doc_id, []).append((instance, value))
    for index, requests in sorted(found.items()):
        requests.sort(key=lambda request: request[0].idx)
        instances = [instance for instance, _ in requests]
        doc = instances[0].doc
        line = {
            "index": index,
            "gold": task.doc_to_text(doc) if task.multiple_input else task.doc_to_target(doc),
            "pairs": [list(instance.args) for instance in instances],
            "lengths": [len(choice) for choice in task.doc_to_choice(doc)],
        }
        if scores:
            line["scores"] = [value[0] for _, value in requests]
            line["metrics"] = task.process_results(doc, [value for _, value in requests])
        yield line


def main(folder, out, rows=None, model=None):
    scores = None
    if model:
        from lm_eval.models.huggingface import HFLM

        lm = HFLM(pretrained=model, device="cpu", dtype="float32", batch_size=8)
        scores = lm.loglikelihood
    manager = TaskManager()
    with tempfile.TemporaryDirectory() as cache, open(out, "w", encoding="utf-8") as lines:
        os.environ["HF_DATASETS_CACHE"] = cache
        for name, (place, columns) in TASKS.items():
            source = os.path.join(folder, place, "test.json")
            if not os.path.exists(source):
                continue
            with open(source, encoding="utf-8") as file:
                table = [columns(row) for row in json.load(file)]
            local = os.path.join(cache, f"{name}.jsonl")
            with open(local, "w", encoding="utf-8") as file:
                file.writelines(json.dumps(row) + "\n" for row in table)
            for line in questions(local_task(manager, name, local), rows, scores):
                lines.write(json.dumps({"task": name, **line}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:3], *[int(rows) for rows in sys.argv[3:4]], *sys.argv[4:5])
