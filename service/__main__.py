"""`python -m service`: the command line."""

from service.interfaces.cli import main

main()
