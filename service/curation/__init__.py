"""Looking after the notes and their question bank."""
