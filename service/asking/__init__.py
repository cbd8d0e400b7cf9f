"""The road of a question, from what was typed to an answer that is being said."""
