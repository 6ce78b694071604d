"""Token ids and segments that transformers gives, for tokenizers.spec.ts: `encode.py JOB`, JSON on stdout.

The job is a list of {"directory": ..., "texts": [[text, pair or null, maximum length], ...]}. The answer has for each folder
either {"encodings": [[ids, segments], ...]} or {"error": ...}, and the versions.
"""

import json
import sys

import tokenizers
import transformers
from transformers import AutoTokenizer

transformers.logging.set_verbosity_error()


def encodings(directory, texts):
    tokenizer = AutoTokenizer.from_pretrained(directory)
    found = []
    for text, pair, length in texts:
        # In lists, as data sets are tokenized: a single empty pair would count as none.
        one = tokenizer([text], None if pair is None else [pair], truncation="longest_first", max_length=length)
        ids = one["input_ids"][0]
        found.append([ids, one["token_type_ids"][0] if "token_type_ids" in one else [0] * len(ids)])
    return found


answers = []
for case in json.load(open(sys.argv[1], encoding="utf-8")):
    try:
        answers.append({"encodings": encodings(case["directory"], case["texts"])})
    except Exception as error:  # noqa: BLE001: whatever it is, transformers does not load the folder
        answers.append({"error": f"{type(error).__name__}: {error}"})
print(json.dumps({"transformers": transformers.__version__, "tokenizers": tokenizers.__version__, "answers": answers}))
