"""argon2's C reference, as argon2-cffi compiles it from its source for this machine.

Reads lines; for each computes one argon2id hash of the cost given as arguments (KiB, passes), and prints the
processor time that it took in seconds.
"""

import sys
import time

from argon2.low_level import Type, hash_secret_raw

MEMORY, PASSES = map(int, sys.argv[1:3])
for _ in sys.stdin:
    begun = time.thread_time()
    hash_secret_raw(b"correct horse battery staple", b"0123456789abcdef", PASSES, MEMORY, 1, 32, Type.ID)
    print(time.thread_time() - begun, flush=True)
