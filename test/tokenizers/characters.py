"""How the BertNormalizer and BertPreTokenizer of Python's tokenizers treat each character, as JSON on stdout.

For make-characters.mjs. Sets are lists of code points; `nfd` has, for each code point, what NFD makes of it between marks
of several combining classes.
"""

import json

import tokenizers
from tokenizers import normalizers, pre_tokenizers


def only(**step):
    off = {"clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False}
    return normalizers.BertNormalizer(**{**off, **step}).normalize_str


clean, cjk, strip, lower = (
    only(clean_text=True),
    only(handle_chinese_chars=True),
    only(strip_accents=True),
    only(lowercase=True),
)
nfd = normalizers.NFD().normalize_str
words = lambda text: [word for word, _ in pre_tokenizers.BertPreTokenizer().pre_tokenize_str(text)]

characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
of = lambda holds: [ord(c) for c in characters if holds(c)]
print(
    json.dumps(
        {
            "version": tokenizers.__version__,
            "removed": of(lambda c: clean("a" + c + "b") == "ab"),
            "spaces": of(lambda c: clean("a" + c + "b") == "a b"),
            "ideographs": of(lambda c: cjk("a" + c + "b") == "a " + c + " b"),
            "nonspacingMarks": of(lambda c: strip(c) == ""),
            "punctuation": of(lambda c: words("a" + c + "b") == ["a", c, "b"]),
            "separators": of(lambda c: words("a" + c + "b") == ["a", "b"]),
            "lower": {c: lower(c) for c in characters if lower(c) != c},
            "nfd": {c: [nfd(c), nfd("a" + c + "\u0316"), nfd("a\u0300" + c), nfd("a" + c + "\u0334"), nfd("a\u0345" + c)] for c in characters},
        }
    )
)
