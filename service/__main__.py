"""`python -m service`: the command line."""

from service.interfaces.cli.main import main

main()
