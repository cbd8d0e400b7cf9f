"""The OpenAI-compatible API at `/v1`."""
