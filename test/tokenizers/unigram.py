"""Token ids of DeBERTa's spm.model as transformers 4 converts it, for unigram.spec.ts: `unigram.py JOB`, JSON on stdout.

The job is {"model": spm.model, "lowercase": ..., "texts": [[text, pair or null, maximum length], ...]}. The conversion is that of
transformers 4's DebertaV2Converter; the protobuf is read here, since the sentencepiece library may be missing.
"""

import json
import struct
import sys

from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram


def fields(data):
    """(number, value) of a message's fields: an integer, 4 bytes, or the bytes of what has a length."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        kind = key & 7
        if kind == 0:
            yield key >> 3, varint()
            continue
        size = varint() if kind == 2 else {1: 8, 5: 4}[kind]
        yield key >> 3, data[at : at + size]
        at += size


def read(path):
    pieces, unknown, charsmap = [], 0, b""
    with open(path, "rb") as file:
        for number, value in fields(file.read()):
            if number == 1:
                piece = dict(fields(value))
                score = struct.unpack("<f", piece[2])[0] if 2 in piece else 0.0
                pieces.append((piece[1].decode(), score, piece.get(3, 1)))
            elif number == 2:
                unknown = dict(fields(value)).get(40, 0)
            elif number == 3:
                charsmap = dict(fields(value)).get(2, b"")
    return pieces, unknown, charsmap


job = json.load(open(sys.argv[1], encoding="utf-8"))
pieces, unknown, charsmap = read(job["model"])
tokenizer = Tokenizer(Unigram([(piece, score) for piece, score, _ in pieces], unk_id=unknown, byte_fallback=False))
steps = [normalizers.Lowercase()] if job["lowercase"] else []
steps += [normalizers.Strip(), normalizers.Precompiled(charsmap), normalizers.Replace(Regex(" {2,}"), " ")]
tokenizer.normalizer = normalizers.Sequence(steps)
tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")])
tokenizer.add_tokens(
    [AddedToken(piece, normalized=False, special=kind == 3) for piece, _, kind in pieces if kind in (3, 4)]
)
tokenizer.add_special_tokens(["[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"])
tokenizer.post_processor = processors.TemplateProcessing(
    single="[CLS]:0 $A:0 [SEP]:0",
    pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
    special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")],
)
found = []
for text, pair, length in job["texts"]:
    tokenizer.enable_truncation(length, strategy="longest_first")
    encoding = tokenizer.encode(text, pair)
    found.append([encoding.ids, encoding.type_ids])
print(json.dumps(found))
