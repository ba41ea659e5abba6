"""`python -m classifier`: the classifier alone."""

import sys

from classifier.cli import main

if __name__ == "__main__":
    sys.exit(main())
