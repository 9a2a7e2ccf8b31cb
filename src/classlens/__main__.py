"""``python -m classlens`` is the command ``classlens``."""

from classlens.cli import main

if __name__ == "__main__":  # the process that draws loads this module too
    main()
