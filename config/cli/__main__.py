"""`python -m config.cli`: the command without its script."""

from config.cli.root import main

main()
