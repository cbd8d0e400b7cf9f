"""The tutor of a running server, and the builds behind it."""
