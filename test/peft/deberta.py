"""DeBERTa's adapters in HF PEFT, for deberta.spec.ts: `deberta.py JOB.json`, with {inputs: {ids, types}, load: [[base, folder], ..],
merged: [folder, ..], write: [[base, folder], ..]}; logits go to stdout as JSON."""

import json
import os
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
warnings.simplefilter("ignore")

import torch  # noqa: E402
from compare import batch  # noqa: E402
from peft import IA3Config, LoraConfig, PeftModel, VeraConfig, get_peft_model  # noqa: E402
from transformers import AutoModelForSequenceClassification, DebertaV2ForSequenceClassification  # noqa: E402

torch.set_num_threads(1)
COMMON = {"task_type": "SEQ_CLS", "modules_to_save": ["pooler", "classifier"]}
SIX = ["query_proj", "key_proj", "value_proj", "attention.output.dense", "intermediate.dense", "output.dense"]

# What PEFT writes.
CONFIGS = {
    "lora": LoraConfig(r=4, lora_alpha=6, target_modules=SIX, **COMMON),
    "dora": LoraConfig(r=4, lora_alpha=6, use_dora=True, target_modules=["query_proj", "key_proj"], **COMMON),
    "vera": VeraConfig(r=6, target_modules=["query_proj", "key_proj", "value_proj"], **COMMON),
    "ia3": IA3Config(target_modules=["key_proj", "value_proj", "output.dense"], feedforward_modules=["output.dense"], **COMMON),
}

with open(sys.argv[1]) as file:
    job = json.load(file)
inputs = batch(job["inputs"])


def base(folder):
    torch.manual_seed(0)  # the classifier that the base lacks
    return AutoModelForSequenceClassification.from_pretrained(folder, num_labels=2)


def logits(model):
    with torch.no_grad():
        return model.eval()(**inputs).logits.tolist()


def merged(folder):
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    assert isinstance(model, DebertaV2ForSequenceClassification)
    assert model.config.architectures == ["DebertaV2ForSequenceClassification"], model.config.architectures
    return logits(model)


written = {}
for folder, out in job["write"]:
    for name, config in CONFIGS.items():
        model = get_peft_model(base(folder), config)
        torch.manual_seed(1)
        with torch.no_grad():
            for tensor in model.parameters():
                if tensor.requires_grad and tensor.is_floating_point():
                    tensor.add_(0.1 * torch.randn_like(tensor))
        model.save_pretrained(os.path.join(out, name))
        written[os.path.join(out, name)] = logits(model)
loaded = {folder: logits(PeftModel.from_pretrained(base(model), folder)) for model, folder in job["load"]}
json.dump({"loaded": loaded, "merged": {folder: merged(folder) for folder in job["merged"]}, "written": written}, sys.stdout)
