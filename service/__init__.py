"""A Docker tutor that speaks Korean: cited answers and Anki decks from study notes."""
