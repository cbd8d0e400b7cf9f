"""Slack: a colleague who answers in the thread. Imported only when Slack is configured."""
