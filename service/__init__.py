"""A Docker tutor that speaks Korean: cited answers and Anki decks from study notes."""

import os

# ONNX Runtime's wheels collect usage, keep it in the home folder and send it to their maker, from the
# import on. What people ask here is nobody's business, and serving needs no network.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
