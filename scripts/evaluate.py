#!/usr/bin/env python
"""Ask the questions of evaluation files and print the metrics.

scripts/evaluate.py FILE... [--url URL] [--json] [--failures] [--corpus DIR] [--data DIR]
"""

import sys

from service.interfaces.cli.main import main

if __name__ == "__main__":
    sys.argv.insert(1, "evaluate")
    main()
