"""The index: dense search (FAISS), sparse search (BM25), and the generations they are kept in."""

from service.index.background import Background, load_background, sources
from service.index.dense import DenseIndex, DenseScores, Keys
from service.index.generations import CURRENT, adopt_generation, current_generation, has_adopted
from service.index.index import Index, build_index
from service.index.meanings import Meanings
from service.index.overlap import KeyOverlap, Likeness
from service.index.projection import Projection
from service.index.sparse import SparseIndex
from service.index.stored import (
    Manifest,
    check_index,
    current_manifest,
    known_vectors,
    load_index,
    save_index,
    usable_manifest,
)

__all__ = [
    "Background",
    "CURRENT",
    "DenseIndex",
    "DenseScores",
    "Index",
    "KeyOverlap",
    "Keys",
    "Likeness",
    "Manifest",
    "Meanings",
    "Projection",
    "SparseIndex",
    "adopt_generation",
    "build_index",
    "check_index",
    "current_generation",
    "current_manifest",
    "has_adopted",
    "known_vectors",
    "load_background",
    "load_index",
    "save_index",
    "sources",
    "usable_manifest",
]
