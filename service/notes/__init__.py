"""A folder of Markdown files -> documents of facts with stable ids and question banks."""
