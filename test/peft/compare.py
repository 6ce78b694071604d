"""Loads adapters in HF PEFT and saves PEFT's own, for peft.spec.ts: logits of both go to stdout as JSON.

Usage: python3 compare.py JOB.json, with {base, labels, inputs: {ids, types}, load: {name: folder},
merged: {name: folder}, write: folder}.
"""

import json
import os
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
warnings.simplefilter("ignore")

import torch  # noqa: E402
from peft import (  # noqa: E402
    AdaLoraConfig,
    DeloraConfig,
    IA3Config,
    LoHaConfig,
    LoKrConfig,
    LoraConfig,
    PeftModel,
    VeraConfig,
    get_peft_model,
)
from transformers import AutoModelForSequenceClassification  # noqa: E402

torch.set_num_threads(1)

TARGETS = ["query", "value", "output.dense"]
COMMON = {"task_type": "SEQ_CLS", "target_modules": TARGETS, "modules_to_save": ["pooler"]}

# What PEFT writes, one of each method and of each of LoRA's settings that change the weights.
CONFIGS = {
    "lora": LoraConfig(r=4, lora_alpha=6, **COMMON),
    "lora-regex": LoraConfig(
        r=4, task_type="SEQ_CLS", target_modules=r".*\.(query|intermediate\.dense)", modules_to_save=["pooler"]
    ),
    "lora-own-pooler": LoraConfig(r=2, task_type="SEQ_CLS", target_modules=["query"]),
    "rslora-patterns": LoraConfig(
        r=4, lora_alpha=6, use_rslora=True, rank_pattern={"query": 2}, alpha_pattern={"layer.0.output.dense": 3}, **COMMON
    ),
    "lora-pissa": LoraConfig(r=4, lora_alpha=6, init_lora_weights="pissa", **COMMON),
    "dora": LoraConfig(r=4, lora_alpha=6, use_dora=True, **COMMON),
    "dora-patterns": LoraConfig(r=4, use_dora=True, rank_pattern={"query": 3}, **COMMON),
    "loha": LoHaConfig(r=2, alpha=3, **COMMON),
    "loha-patterns": LoHaConfig(r=2, alpha=3, rank_pattern={"value": 1}, **COMMON),
    "lokr": LoKrConfig(r=1, alpha=3, **COMMON),
    "lokr-both": LoKrConfig(r=1, alpha=3, decompose_both=True, decompose_factor=4, alpha_pattern={"query": 2}, **COMMON),
    "vera": VeraConfig(r=6, **COMMON),
    "delora": DeloraConfig(r=4, delora_lambda=3, **COMMON),
    "ia3": IA3Config(feedforward_modules=["output.dense"], **COMMON),
    # PEFT writes a list, with bert.pooler.dense in it.
    "lora-all-linear": LoraConfig(
        r=2, task_type="SEQ_CLS", target_modules="all-linear", modules_to_save=["pooler"]
    ),
    "adalora": AdaLoraConfig(init_r=4, target_r=2, total_step=10, **COMMON),
    "adalora-pruned": AdaLoraConfig(init_r=4, target_r=2, total_step=10, lora_alpha=6, **COMMON),
}


def take_ranks(model):
    """Takes the second rank of each matrix away, as AdaLoRA's allocator does at the end of training."""
    left = [True, False, True, True]
    values = {name: tensor for name, tensor in model.base_model.model.named_parameters() if ".lora_E." in name}
    for tensor in values.values():
        tensor[1] = 0
    model.peft_config["default"].rank_pattern = {name: left for name in values}


def batch(examples):
    """Token ids padded on the right, with their mask and types."""
    longest = max(len(ids) for ids in examples["ids"])
    pad = lambda rows: torch.tensor([row + [0] * (longest - len(row)) for row in rows])  # noqa: E731
    return {
        "input_ids": pad(examples["ids"]),
        "token_type_ids": pad(examples["types"]),
        "attention_mask": pad([[1] * len(ids) for ids in examples["ids"]]),
    }


def main():
    with open(sys.argv[1]) as file:
        job = json.load(file)
    inputs = batch(job["inputs"])

    def base():
        torch.manual_seed(0)  # the classifier that the base lacks
        return AutoModelForSequenceClassification.from_pretrained(job["base"], num_labels=job["labels"])

    def logits(model):
        with torch.no_grad():
            return model.eval()(**inputs).logits.tolist()

    loaded = {name: logits(PeftModel.from_pretrained(base(), folder)) for name, folder in job["load"].items()}
    merged = {
        name: logits(AutoModelForSequenceClassification.from_pretrained(folder)) for name, folder in job["merged"].items()
    }
    written = {}
    for name, config in CONFIGS.items():
        model = get_peft_model(base(), config)
        torch.manual_seed(1)
        with torch.no_grad():
            # Every trained tensor moves: at its start an adapter hides what is wrong with it.
            for tensor in model.parameters():
                if tensor.requires_grad and tensor.is_floating_point():
                    tensor.add_(0.1 * torch.randn_like(tensor))
            if name.endswith("-pruned"):
                take_ranks(model)
        model.save_pretrained(os.path.join(job["write"], name))
        written[name] = logits(model)
    json.dump({"loaded": loaded, "merged": merged, "written": written}, sys.stdout)


if __name__ == "__main__":
    main()
