"""The words that a question and a fact are compared by."""
