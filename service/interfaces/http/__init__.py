"""The REST API: one router a resource, and the page."""
