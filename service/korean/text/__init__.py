"""Letters, syllables, spans and sentences."""
