"""Entry point of the command `kg`, also as `python -m kg`."""

from kg.cli import main

if __name__ == "__main__":
    main()
