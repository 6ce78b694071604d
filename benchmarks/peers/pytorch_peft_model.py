"""The model that both PyTorch peers train: a Hugging Face BERT classifier with an adapter of PEFT, or LoMAP.

PEFT has no LoMAP: there the six linear maps are `MapLinear` below, the formula in plain PyTorch.
"""

import math
import os
import re
import resource
import sys

# Before transformers is imported: nothing is fetched, nothing is printed that is not asked for.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import peft
import torch
import transformers
from torch import nn

transformers.utils.logging.disable_progress_bar()

TARGETS = ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"]
HEAD = ["pooler", "classifier"]


class MapLinear(nn.Module):
    """x W*^T + bias with W* = alpha W / (||W|| + eps) + beta BA / (||BA|| + eps), from B = 0 and beta = 1."""

    def __init__(self, base, rank, epsilon=1e-6):
        super().__init__()
        out_features, in_features = base.weight.shape
        self.base = base.requires_grad_(False)
        self.epsilon = epsilon
        self.norm = base.weight.norm().item()
        self.A = nn.Parameter(nn.init.kaiming_uniform_(torch.empty(rank, in_features), a=math.sqrt(5)))
        self.B = nn.Parameter(torch.zeros(out_features, rank))
        self.alpha = nn.Parameter(torch.tensor(self.norm))
        self.beta = nn.Parameter(torch.tensor(1.0))

    def forward(self, x):
        delta = self.B @ self.A
        square = delta.square().sum()
        # At BA = 0 the norm is 0 with gradient 0; sqrt alone would give NaN.
        norm = torch.where(square > 0, square, torch.ones_like(square)).sqrt() * (square > 0)
        weight = (self.alpha / (self.norm + self.epsilon)) * self.base.weight
        weight = weight + (self.beta / (norm + self.epsilon)) * delta
        return nn.functional.linear(x, weight, self.base.bias)


def load(directory, method, rank=8, dropout=0.0, num_labels=2):
    """A model ready to train: adapters on the six linear maps of each layer, pooler and classifier trained too."""
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        directory,
        num_labels=num_labels,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
        attn_implementation="sdpa",
    )
    common = {"task_type": "SEQ_CLS", "r": rank, "target_modules": TARGETS, "modules_to_save": HEAD}
    configs = {
        "lora": lambda: peft.LoraConfig(**common, lora_alpha=2 * rank, lora_dropout=0.0),
        "dora": lambda: peft.LoraConfig(**common, lora_alpha=2 * rank, lora_dropout=0.0, use_dora=True),
        "vera": lambda: peft.VeraConfig(**common, vera_dropout=0.0),
        "loha": lambda: peft.LoHaConfig(**common, alpha=2 * rank),
        "lokr": lambda: peft.LoKrConfig(**common, alpha=2 * rank),
        "delora": lambda: peft.DeloraConfig(**common),
    }
    if method in configs:
        model = peft.get_peft_model(model, configs[method]())
    elif method == "lomap":
        model.requires_grad_(False)
        for path, module in list(model.named_modules()):
            if isinstance(module, nn.Linear) and any(path.endswith("." + target) for target in TARGETS):
                parent, name = path.rsplit(".", 1)
                setattr(model.get_submodule(parent), name, MapLinear(module, rank))
        for part in HEAD:
            for path, module in model.named_modules():
                if path.split(".")[-1] == part:
                    module.requires_grad_(True)
    else:
        raise ValueError(f"unknown method {method!r}: expected lomap or one of {', '.join(configs)}")
    return model.train()


def trained(model):
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def peak_memory_bytes():
    # VmHWM is this program's; ru_maxrss survives exec and could be the parent's.
    try:
        with open("/proc/self/status") as file:
            return int(re.search(r"^VmHWM:\s+(\d+) kB", file.read(), re.M).group(1)) * 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def versions():
    return {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__}
