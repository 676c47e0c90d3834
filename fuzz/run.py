"""Fuzzes each parser and each function for a while, from the attack corpus on.

    python3 fuzz/run.py --seconds 60            all targets, one after the other
    python3 fuzz/run.py --seconds 600 requests  one of them

Needs `cargo install cargo-fuzz --locked`, a C++ compiler, and Linux. What it finds stands in fuzz/artifacts/<target>;
`cargo fuzz run -s none <target> <file>` does it again. No sanitizer: the code under test is Rust without `unsafe`, of
which an address sanitizer finds nothing.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

FUZZ = Path(__file__).resolve().parent
ROOT = FUZZ.parent
CORPUS = ROOT / "tests" / "corpus"
BUILT = FUZZ / "target" / "x86_64-unknown-linux-gnu" / "release"

# A token's claims as the target's deployment issues them.
CLAIMS = {
    "iss": "https://api.example.test/v1",
    "aud": "https://api.example.test/v1",
    "sub": "usr_00000000001",
    "sid": "ses_00000000002",
    "org": "org_00000000003",
    "iat": 1_900_000_000,
    "exp": 1_900_000_900,
    "jti": "AAAAAAAAAAAAAAAAAAAAAA",
}

# Of what the corpus has no lines.
MORE = {
    "password_hash": [
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$LlPxCFhpPGNGpKDtgaqBZXvO+kAnTEVsrGmBKsr6Z4k",
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        "$scrypt$ln=16,r=8,p=1$c29tZXNhbHRzb21lc2FsdA$LlPxCFhpPGNGpKDtgaqBZXvO+kAnTEVsrGmBKsr6Z4k",
    ],
    "password": ["correct horse battery staple", "aaaaaaaaaaaaaaaa", "qwertzuiopasdfgh"],
    "email": ["ada@example.test", "Änne@Bücher.test", '"a b"@c.test', "a@[192.0.2.1]"],
    "line": ["  Ada Example ", "\u202egnp.exe", "👩\u200d💻"],
    "moment": ["2026-01-02T03:04:05Z", "9999-12-31T23:59:59.999999999-23:59", "0000-01-01T00:00:00+00:01"],
    "addresses": ["198.51.100.7\n198.51.100.0/24\n2001:db8::/32", "::ffff:1.2.3.4\n0.0.0.0/0\n::/0"],
    "if_match": ['"5"', 'W/"5", "5"', "*"],
    "names": [
        "usr_LygHa16AHYF",
        "north",
        "2026-01-02",
        "2026-01-02T03",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "password_change",
        "usr_00000000001",
    ],
    "one_time_token": ["A" * 43, "0" * 64, "setup", "reset"],
    "key_ring": ['{"keys":[]}'],
    "usage_line": [
        '{"decision":"allow","cred":"key_00000000001","user":"usr_00000000002","org":"org_00000000003",'
        '"method":"GET","route":"/users/me","ip":"203.0.113.7"}',
        '{"decision":"unauthorized","reason":"malformed","method":"GET","route":"/users/me","ip":"::1"}',
    ],
    "openapi": [
        "public",
        "{credentials: [session, api_key], organization: admin}",
        "{credentials: [session], space: editor, write: true}",
    ],
}


def lines(name):
    return [json.loads(line) for line in (CORPUS / f"{name}.jsonl").read_text().splitlines()]


def seeds():
    """The inputs to begin with, by target."""
    found = {target: [text.encode() for text in texts] for target, texts in MORE.items()}
    key = "qarion_" + "0" * 83
    found["api_key"] = [key.encode()] + [case["key"].encode() for case in lines("api_keys")]
    headers = [value for case in lines("authorization") for _, value in case["headers"]]
    found["bearer"] = [value.replace("{key}", key).encode() for value in headers]
    found["authorizer"] = [b"\x05" + value.replace("{key}", key).encode() + b"\nnorth" for value in headers]
    found["refresh_token"] = [b"A" * 123, b"-_" * 61 + b"8"]
    tokens = found["session_token"] = [b"\x02" + json.dumps(CLAIMS).encode()]
    for case in lines("session_tokens"):
        for kind, part in ((b"\x01", "header"), (b"\x02", "claims")):
            if part in case:
                members = {**CLAIMS, **case[part].get("set", {})}
                text = case[part].get("text", "{good}").replace("{good}", json.dumps(members))
                tokens.append(kind + text.encode())
    requests = found["requests"] = []
    for case in lines("bodies"):
        body = "".join(
            part if isinstance(part, str) else part["repeat"] * min(part["times"], 100) if "repeat" in part else ""
            for part in case["body"]
        )
        # Which operation it is sent to changes from seed to seed: libFuzzer finds out which of them fit.
        for number in range(0, 64, 7):
            requests.append(bytes([(number + len(requests)) % 64, len(requests) % 4]) + f"\n\n\n{body}".encode())
    for case in lines("cursors"):
        requests.append(bytes([len(requests) % 64, 0]) + f"cursor={case['cursor']}&limit=2\n\n\n".encode())
    found["usage_batch"] = [
        b"\x01"
        + json.dumps(
            {
                "messageType": "DATA_MESSAGE",
                "logGroup": "a",
                "logStream": "b",
                "logEvents": [{"id": "1", "timestamp": 1_900_000_000_000, "message": MORE["usage_line"][0]}],
            }
        ).encode()
    ]
    items = [{"id": "usr_00000000001", "version": 1}, {"pk": "USER#usr_00000000001", "sk": "PROFILE"}]
    found["store_items"] = [bytes([kind]) + json.dumps(item).encode() for kind in range(12) for item in items]
    return found


def dictionary():
    """The names of members, parameters and attributes, for libFuzzer to put together."""
    document = (ROOT / "infra" / "openapi.yaml").read_text()
    codec = "".join(path.read_text() for path in (ROOT / "shared" / "store" / "src").rglob("*.rs"))
    words = set(re.findall(r"^ +([a-z_]{2,30}):", document, re.M)) | set(re.findall(r'"([a-z_]{2,30})"', codec))
    return "".join(f'"\\"{word}\\":"\n"{word}="\n' for word in sorted(words))


def prepare(targets):
    found = seeds()
    for target in targets:
        folder = FUZZ / "corpus" / target
        folder.mkdir(parents=True, exist_ok=True)
        (FUZZ / "artifacts" / target).mkdir(parents=True, exist_ok=True)
        for seed in found.get(target, []):
            (folder / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    (FUZZ / "corpus" / "words.dict").write_text(dictionary())


def run(target, seconds):
    """Whether it found nothing."""
    command = [
        str(BUILT / target),
        str(FUZZ / "corpus" / target),
        f"-artifact_prefix={FUZZ / 'artifacts' / target}/",
        f"-dict={FUZZ / 'corpus' / 'words.dict'}",
        f"-max_total_time={seconds}",
        "-max_len=4096",
        "-timeout=20",
        "-print_final_stats=1",
    ]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
    executed = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    covered = re.findall(r"cov: (\d+)", done.stderr)
    print(
        f"{target}: {'nothing found' if done.returncode == 0 else 'FOUND SOMETHING'},",
        f"{executed.group(1) if executed else '?'} runs, {covered[-1] if covered else '?'} edges",
        flush=True,
    )
    if done.returncode != 0:
        print(done.stderr[-3000:], flush=True)
    return done.returncode == 0


def main():
    every = sorted(path.stem for path in (FUZZ / "targets").glob("*.rs"))
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("targets", nargs="*", help="all of them where none is named")
    arguments = parser.parse_args()
    targets = arguments.targets or every
    unknown = sorted(set(targets) - set(every))
    if unknown:
        parser.error(f"no such target: {', '.join(unknown)}")
    prepare(targets)
    subprocess.run(["cargo", "fuzz", "build", "-s", "none"], cwd=ROOT, check=True)
    # One that found something keeps no other from being run.
    good = [run(target, arguments.seconds) for target in targets]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
