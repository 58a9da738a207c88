"""`python -m scaffolder` is the `scaffolder` command."""

from scaffolder.cli.app import main

if __name__ == "__main__":
    main()
