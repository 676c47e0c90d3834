"""Judges what is in infra/ and .github/: `python infra/lint/check.py`, from anywhere.

One line a check, and a status other than zero if one fails. Needs requirements.txt installed, and no network.
"""

import pathlib
import sys

import pytest

if __name__ == "__main__":
    here = pathlib.Path(__file__).parent
    options = ["--rootdir", here, "-p", "no:cacheprovider", "--tb=short", "-v"]
    sys.exit(pytest.main([*map(str, options), str(here), *sys.argv[1:]]))
