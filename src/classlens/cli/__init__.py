"""The command line: read the arguments, call the public functions, print."""

from classlens.cli.program import main

__all__ = ["main"]
