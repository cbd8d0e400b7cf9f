"""Who is asking, how often, and how long it is remembered."""
