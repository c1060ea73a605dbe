"""`python -m cdtref`: the command line."""

from cdtref.cli import main

if __name__ == "__main__":
    main()
