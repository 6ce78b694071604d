"""Adapters of HF PEFT's that change a head, or a bare encoder, for heads.spec.ts: outputs go to stdout as JSON.

Usage: python3 heads.py JOB.json, with {bases: {plain, headed}, inputs: {ids, types}} and
either {write: folder}: saves each adapter below, and what merge_and_unload makes of it as `NAME-merged`;
or {check: {name: {format: folder}}, write: folder}: opens what LoMAP exported of them.
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
    BOFTConfig,
    DeloraConfig,
    IA3Config,
    LoHaConfig,
    LoKrConfig,
    LoraConfig,
    PeftModel,
    VeraConfig,
    get_peft_model,
)
from safetensors.torch import load_file  # noqa: E402
from transformers import AutoModel, AutoModelForSequenceClassification, AutoModelForTokenClassification  # noqa: E402

from compare import batch, take_ranks  # noqa: E402

torch.set_num_threads(1)

# The model's class, and which base: `plain` has no classifier, so that PEFT saves its new one in full.
MODELS = {
    "new": (AutoModelForSequenceClassification, "plain"),
    "headed": (AutoModelForSequenceClassification, "headed"),
    "encoder": (AutoModel, "plain"),
    "tokens": (AutoModelForTokenClassification, "plain"),
}
SEQ = {"task_type": "SEQ_CLS"}
ALL = {"target_modules": "all-linear"}
POOLER = {"target_modules": ["query", "value", "pooler.dense"]}
CLASSIFIER = {"target_modules": ["query", "classifier"]}

CASES = {
    "pooler": ("new", LoraConfig(r=2, lora_alpha=3, **SEQ, **ALL)),
    "pooler-rslora": ("new", LoraConfig(r=4, lora_alpha=3, use_rslora=True, **SEQ, **POOLER)),
    "pooler-pissa": ("new", LoraConfig(r=2, lora_alpha=3, init_lora_weights="pissa", **SEQ, **POOLER)),
    "pooler-dora": ("new", LoraConfig(r=2, lora_alpha=3, use_dora=True, **SEQ, **ALL)),
    "pooler-patterns": (
        "new",
        LoraConfig(r=2, rank_pattern={"pooler.dense": 5}, alpha_pattern={"query": 3, "pooler.dense": 7}, **SEQ, **POOLER),
    ),
    "pooler-layers": (
        "new",
        LoraConfig(r=2, target_modules=["query", "bert.pooler.dense"], layers_to_transform=[0], **SEQ),
    ),
    "no-pooler-layers": ("new", LoraConfig(r=2, target_modules=["query", "dense"], layers_to_transform=[0], **SEQ)),
    "pooler-excluded": ("new", LoraConfig(r=2, exclude_modules=["pooler.dense"], **SEQ, **ALL)),
    "pooler-saved": ("new", LoraConfig(r=2, modules_to_save=["pooler"], **SEQ, **ALL)),
    "pooler-loha": ("new", LoHaConfig(r=2, alpha=3, **SEQ, **POOLER)),
    "pooler-lokr": ("new", LoKrConfig(r=1, alpha=3, decompose_both=True, **SEQ, **POOLER)),
    "pooler-lokr-whole": ("new", LoKrConfig(r=8, alpha=3, **SEQ, **POOLER)),
    "pooler-vera": ("new", VeraConfig(r=4, **SEQ, **POOLER)),
    "pooler-delora": ("new", DeloraConfig(r=2, delora_lambda=3, **SEQ, **POOLER)),
    "pooler-ia3": ("new", IA3Config(feedforward_modules=["pooler.dense"], **SEQ, **POOLER)),
    "pooler-ia3-out": ("new", IA3Config(feedforward_modules=["query"], **SEQ, **POOLER)),
    "pooler-adalora": ("new", AdaLoraConfig(init_r=6, target_r=4, total_step=10, **SEQ, **POOLER)),
    "pooler-adalora-pruned": ("new", AdaLoraConfig(init_r=4, target_r=3, total_step=10, **SEQ, **POOLER)),
    # Keys of LoRA's that PEFT's AdaLoRA has and does not use.
    "adalora-void": (
        "new",
        AdaLoraConfig(init_r=6, target_r=4, total_step=10, use_rslora=True, alpha_pattern={"query": 9}, r=3, **SEQ, **POOLER),
    ),
    "classifier": ("headed", LoraConfig(r=2, lora_alpha=3, **CLASSIFIER)),
    "classifier-dora": ("headed", LoraConfig(r=2, lora_alpha=3, use_dora=True, **CLASSIFIER)),
    "classifier-alone": ("headed", LoraConfig(r=2, lora_alpha=3, target_modules=["classifier"])),
    "classifier-wider": ("headed", LoraConfig(r=2, rank_pattern={"classifier": 4}, **CLASSIFIER)),
    # SEQ_CLS saves the classifier in full, so that it is not adapted.
    "classifier-saved": ("headed", LoraConfig(r=2, **SEQ, **CLASSIFIER)),
    "classifier-pooler-saved": ("headed", LoraConfig(r=2, modules_to_save=["pooler"], **ALL)),
    "whole-head": ("headed", LoraConfig(r=2, lora_alpha=3, **ALL)),
    "encoder": ("encoder", LoraConfig(r=2, lora_alpha=3, task_type="FEATURE_EXTRACTION", **ALL)),
    "encoder-untold": ("encoder", LoraConfig(r=2, lora_alpha=3, target_modules=["query"])),
    "encoder-dora": ("encoder", LoraConfig(r=2, use_dora=True, task_type="FEATURE_EXTRACTION", **ALL)),
    "encoder-saved": ("encoder", LoraConfig(r=2, target_modules=["query"], modules_to_save=["pooler"])),
    "encoder-ia3": ("encoder", IA3Config(feedforward_modules=["dense"], target_modules=["query", "dense"])),
    "encoder-adalora": (
        "encoder",
        AdaLoraConfig(init_r=6, target_r=4, total_step=10, task_type="FEATURE_EXTRACTION", target_modules=["query"]),
    ),
}

# What LoMAP does not read.
REFUSED = {
    "saved-embeddings": ("new", LoraConfig(target_modules=["query"], modules_to_save=["word_embeddings"], **SEQ)),
    "saved-norms": ("new", LoraConfig(target_modules=["query"], modules_to_save=["LayerNorm"], **SEQ)),
    "saved-layer": ("new", LoraConfig(target_modules=["query"], modules_to_save=["intermediate"], **SEQ)),
    "encoder-saved-norms": ("encoder", LoraConfig(target_modules=["query"], modules_to_save=["LayerNorm"])),
    "biases": ("new", LoraConfig(target_modules=["query"], bias="lora_only", **SEQ)),
    "lora-bias": ("new", LoraConfig(target_modules=["query"], lora_bias=True, **SEQ)),
    "olora": ("new", LoraConfig(target_modules=["query"], init_lora_weights="olora", **SEQ)),
    "tokens": ("tokens", LoraConfig(target_modules=["query"], task_type="TOKEN_CLS")),
    "boft": ("new", BOFTConfig(boft_block_size=4, target_modules=["query"], **SEQ)),
    "vera-unsaved": ("new", VeraConfig(r=4, save_projection=False, **SEQ, **POOLER)),
    "lokr-ranks": ("new", LoKrConfig(r=1, rank_pattern={"value": 2}, **SEQ, **POOLER)),
    "embeddings": ("new", LoraConfig(target_modules=["query", "word_embeddings"], **SEQ)),
}


def main():
    with open(sys.argv[1]) as file:
        job = json.load(file)
    inputs = batch(job["inputs"])

    def base(kind):
        kinds, which = MODELS[kind]
        torch.manual_seed(0)  # the classifier that the base lacks
        return kinds.from_pretrained(job["bases"][which])

    def outputs(model):
        with torch.no_grad():
            found = model.eval()(**inputs)
        if "logits" in found:
            return found.logits.tolist()
        first = found.last_hidden_state[:, 0]
        return torch.cat([first, found.pooler_output], dim=1).tolist()

    def write(name, kind, config):
        model = get_peft_model(base(kind), config)
        torch.manual_seed(1)
        with torch.no_grad():
            for tensor in model.parameters():
                if tensor.requires_grad and tensor.is_floating_point():
                    tensor.add_(0.1 * torch.randn_like(tensor))
            if name.endswith("-pruned"):
                take_ranks(model)
        model.save_pretrained(os.path.join(job["write"], name))
        return model

    def difference(name, folder):
        """The largest difference of merged weights; of tensors that only one of the two has, infinity."""
        paths = [os.path.join(job["write"], f"{name}-merged"), folder]
        theirs, ours = (load_file(os.path.join(path, "model.safetensors")) for path in paths)
        if theirs.keys() != ours.keys():
            return 1e9
        return max(float((theirs[key] - ours[key]).abs().max()) for key in theirs)

    found = {}
    if "check" not in job:
        for name, (kind, config) in CASES.items():
            model = write(name, kind, config)
            found[name] = outputs(model)
            model.merge_and_unload().save_pretrained(os.path.join(job["write"], f"{name}-merged"))
        for name, (kind, config) in REFUSED.items():
            write(name, kind, config)
            found[name] = None
    else:
        for name, folders in job["check"].items():
            kind = CASES[name][0]
            found[name] = {}
            for form, folder in folders.items():
                is_merged = form == "merged"
                model = MODELS[kind][0].from_pretrained(folder) if is_merged else PeftModel.from_pretrained(base(kind), folder)
                found[name][form] = outputs(model)
            if "merged" in folders:
                found[name]["difference"] = difference(name, folders["merged"])
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
