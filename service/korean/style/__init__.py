"""Notes' short style -> polite sentences, and the particles that go with it."""
