"""The ways in: HTTP and the command line. Each translates, none decides."""
