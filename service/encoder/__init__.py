"""Texts -> embeddings; what serves needs no torch, `build` does."""
