"""Writes docs/ASVS.md of docs/asvs.yaml: `python infra/lint/asvs.py`, from anywhere."""

import re
import textwrap

import yaml

import stack

DATA = stack.REPOSITORY / "docs/asvs.yaml"
DOCUMENT = stack.REPOSITORY / "docs/ASVS.md"

MET, DEVIATION, NOT_APPLICABLE = STATUSES = ("met", "deviation", "not applicable")


def data():
    """docs/asvs.yaml, read."""
    return yaml.safe_load(DATA.read_text())


def levels(read):
    """The level of each requirement of the standard, by number."""
    sections = read["levels"].items()
    return {f"{section}.{at}": level for section, all_of in sections for at, level in enumerate(all_of, 1)}


def numbers(entry):
    """The requirements that an entry is about."""
    return stack.as_list(entry["of"])


def order(number):
    return [int(part) for part in re.findall(r"\d+", number)]


def chapter(number):
    return number.split(".")[0]


def of_status(read, status, of_chapter=None):
    """(number, entry) of each requirement of this status, in the standard's order."""
    found = [
        (number, entry)
        for entry in read["requirements"]
        for number in numbers(entry)
        if entry["status"] == status and of_chapter in (None, chapter(number))
    ]
    return sorted(found, key=lambda each: order(each[0]))


def links(entry):
    """The tests that hold it, or where the code is that nothing tests."""
    tests = [f"[`{name}`](../{path})" for path, names in entry.get("tests", {}).items() for name in names]
    places = [f"[`{place}`](../{place})" for place in entry.get("untested", [])]
    return ", ".join(tests) or f"not tested: {', '.join(places)}"


def bullet(text):
    # Neither a link nor a name is cut.
    whole = {"break_long_words": False, "break_on_hyphens": False}
    return textwrap.fill(text, 120, initial_indent="- ", subsequent_indent="  ", **whole)


def counts(read):
    yield "| | met | deviation | not applicable |"
    yield "|---|---|---|---|"
    for key, title in read["chapters"].items():
        yield f"| {key} {title} | {' | '.join(str(len(of_status(read, status, key))) for status in STATUSES)} |"
    yield f"| All | {' | '.join(str(len(of_status(read, status))) for status in STATUSES)} |"


def deviations(read):
    for number, entry in of_status(read, DEVIATION):
        held = f" What there is of it is held by {links(entry)}." if "tests" in entry else ""
        asked = f"**{number}**, level {levels(read)[number]}. *Asked:* {entry['asks']}"
        yield bullet(f"{asked} *Here:* {entry['reason']}{held}")


def table(read, key):
    judged = of_status(read, MET, key) + of_status(read, DEVIATION, key)
    if not judged:
        return
    yield from ["", "| | Level | What it asks | How it is met | Tests |", "|---|---|---|---|---|"]
    for number, entry in sorted(judged, key=lambda each: order(each[0])):
        met = entry["status"] == MET
        how, held = (entry["how"], links(entry)) if met else ("[**Deviation**](#deviations)", "")
        yield f"| {number} | {levels(read)[number]} | {entry['asks']} | {how} | {held} |"


def not_applicable(read, key):
    together = {}
    for number, entry in of_status(read, NOT_APPLICABLE, key):
        together.setdefault(entry["reason"], []).append(number)
    if together:
        yield from ["", "Not applicable:", ""]
    for reason, all_of in together.items():
        yield bullet(f"{', '.join(all_of)}: {reason}")


def document(read):
    """docs/ASVS.md of what was read."""
    lines = [read["introduction"], *counts(read), "", "## Deviations", "", *deviations(read)]
    for key, title in read["chapters"].items():
        lines += ["", f"## {key} {title}", *table(read, key), *not_applicable(read, key)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(data()))
