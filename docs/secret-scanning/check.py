#!/usr/bin/env python3
"""Tells API keys of Qarion Auth from what only looks like one, without a network.

Reads text on standard input and says of each match of the public expression whether its checksum is right, and if
so whose key it is. A right checksum means that a deployment has made the key, not that it is still good. The key
itself is not printed.

    git log -p | python3 check.py [PREFIX]
"""

import re
import sys
import zlib

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def value(digits):
    result = 0
    for digit in digits:
        result = result * 62 + DIGITS.index(digit)
    return result


def is_key(text):
    """Seven groups of eleven digits, each of 64 bits, and the CRC-32 of all before it in six."""
    digits = text[text.index("_") + 1 :]
    groups = [digits[at : at + 11] for at in range(0, 77, 11)]
    in_range = all(value(group) < 2**64 for group in groups)
    return in_range and value(digits[77:]) == zlib.crc32(text[:-6].encode())


def main():
    prefix = sys.argv[1] if len(sys.argv) > 1 else "qarion"
    pattern = re.escape(prefix) + r"_(?:[0-9A-L][0-9A-Za-z]{10}){7}[0-4][0-9A-Za-z]{5}(?![0-9A-Za-z])"
    found = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        for text in re.findall(pattern, line.decode("utf-8", "replace")):
            if is_key(text):
                found += 1
                digits = text[len(prefix) + 1 :]
                print(f"line {number}: key_{digits[22:33]} of usr_{digits[11:22]} in org_{digits[:11]}")
            else:
                print(f"line {number}: no key, its checksum is wrong")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
