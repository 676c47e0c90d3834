"""docs/asvs.yaml and the page that is made of it: complete, and of tests that there are."""

import functools
import re

import pytest

import asvs
import stack

READ = asvs.data()
LEVELS = asvs.levels(READ)
JUDGED = {number for number, level in LEVELS.items() if level < 3} | set(READ["beyond"])
ENTRIES = READ["requirements"]

# With the attributes of one, be they a macro's, so that what merely helps a test is none.
RUST = re.compile(r"#\[(?:tokio::)?test\b[^\]]*\]\s*(?:\$?\(?#\[[^\]]*\]\)?\*?\s*)*(?:async )?fn (\w+)\(")
PYTEST = re.compile(r"^def (test_\w+)\(", re.MULTILINE)


@functools.cache
def found_in(path):
    source = stack.REPOSITORY / path
    assert source.is_file(), f"there is no {path}"
    return set((PYTEST if source.suffix == ".py" else RUST).findall(source.read_text()))


def name(entry):
    return stack.as_list(entry["of"])[0]


def test_the_page_is_what_the_data_says():
    written = asvs.DOCUMENT.read_text()
    assert written == asvs.document(READ), "run `python infra/lint/asvs.py`"


def test_the_levels_are_those_of_the_standard():
    of_level = [sum(level == each for level in LEVELS.values()) for each in (1, 2, 3)]
    assert of_level == [70, 183, 92], "5.0.0 has as many"
    assert {asvs.chapter(number) for number in LEVELS} == set(READ["chapters"])
    assert all(LEVELS[number] == 3 for number in READ["beyond"])


def test_each_requirement_is_judged_once_and_in_order():
    judged = [number for entry in ENTRIES for number in asvs.numbers(entry)]
    assert not JUDGED - set(judged), "missing"
    assert not set(judged) - JUDGED, "not of level 1 or 2, nor named in `beyond`"
    assert len(judged) == len(set(judged)), "judged twice"
    first = [asvs.order(name(entry)) for entry in ENTRIES]
    assert first == sorted(first)


@pytest.mark.parametrize("entry", ENTRIES, ids=name)
def test_each_verdict_says_why(entry):
    status = entry["status"]
    assert status in asvs.STATUSES, f"unknown status {status}"
    needed, allowed = {
        asvs.MET: ({"asks", "how"}, {"tests", "untested"}),
        asvs.DEVIATION: ({"asks", "reason"}, {"tests"}),
        asvs.NOT_APPLICABLE: ({"reason"}, set()),
    }[status]
    said = set(entry) - {"of", "status"}
    assert needed <= said <= needed | allowed, f"{sorted(said)}"
    assert all(str(entry[member] or "").strip() for member in said), "says nothing"
    assert status != asvs.MET or len(said & allowed) == 1, "tests, or where nothing tests it"
    assert status == asvs.NOT_APPLICABLE or isinstance(entry["of"], str), "is judged by itself"


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if "tests" in entry], ids=name)
def test_each_test_that_is_named_is_there(entry):
    for path, names in entry["tests"].items():
        missing = set(names) - found_in(path)
        assert names and not missing, f"{path} has no test {sorted(missing)}"


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if "untested" in entry], ids=name)
def test_each_place_that_nothing_tests_is_there(entry):
    for path in entry["untested"]:
        assert (stack.REPOSITORY / path).is_file(), f"there is no {path}"
