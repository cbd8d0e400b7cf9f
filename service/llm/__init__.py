"""The optional language model: asked for words, held to what the facts say."""
