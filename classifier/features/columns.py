"""Name the columns of a feature matrix, so that code finds them by block and name, never by position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Columns:
    """The columns of a matrix: named blocks side by side, and the name of each column inside its block."""

    blocks: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        return sum(map(len, self.blocks.values()))

    def block(self, name: str) -> slice:
        """Where a block is; raises KeyError for one that there is not."""
        start = 0
        for block, names in self.blocks.items():
            if block == name:
                return slice(start, start + len(names))
            start += len(names)
        raise KeyError(name)

    def position(self, block: str, name: str) -> int:
        """Where one column is; raises KeyError for an unknown block, ValueError for an unknown name in it."""
        return int(self.block(block).start) + self.blocks[block].index(name)

    def join(self, parts: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """The blocks `parts`, each of shape (…, its columns), as one matrix. Raises ValueError where they are not these columns."""
        for block, names in self.blocks.items():
            if block not in parts or parts[block].shape[-1] != len(names):
                raise ValueError(f"expected {len(names)} columns of {block}, got {parts[block].shape[-1] if block in parts else 'none'}")
        if len(parts) > len(self.blocks):
            raise ValueError(f"expected the blocks {', '.join(self.blocks)}, got {', '.join(parts)}")
        return np.concatenate([parts[block] for block in self.blocks], axis=-1).astype(np.float32, copy=False)
