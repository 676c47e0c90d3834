"""The linters, offline. Each exception stands with its reason beside the resource."""

import json
import os
import pathlib
import subprocess
import sys

import stack

TOOLS = pathlib.Path(sys.executable).parent

# No tool here has a reason to call anybody. boto3 would look for credentials and a region.
OFFLINE = {
    **os.environ,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "BC_SKIP_MAPPING": "TRUE",
    "CHECKOV_RUN_SCA_PACKAGE_SCAN_V2": "false",
}


def run(tool, *arguments):
    done = subprocess.run(
        [TOOLS / tool, *map(str, arguments)],
        cwd=stack.REPOSITORY,
        env=OFFLINE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{tool} found:\n{done.stdout}{done.stderr}"
    return done.stdout


def test_cfn_lint_accepts_the_template():
    run("cfn-lint", "infra/template.yaml")


def test_cfn_lint_accepts_the_expanded_template(tmp_path):
    target = tmp_path / "expanded.json"
    target.write_text(json.dumps(stack.expand(CanaryDeployments="true")))
    # W2001: SAM itself has used up the parameters of the canary.
    run("cfn-lint", "--ignore-checks", "W2001", "--", target)


def test_checkov_accepts_the_template():
    out = run(
        "checkov", "--file", "infra/template.yaml", "--framework", "cloudformation",
        "--skip-download", "--quiet", "--compact",
    )
    assert "Failed checks: 0" in out and "Parsing errors" not in out, out


def test_every_exception_from_checkov_has_its_reason():
    for name, resource in stack.template()["Resources"].items():
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
            assert len(skip.get("comment", "")) > 10, f"{name} skips {skip['id']} and does not say why"


def test_zizmor_accepts_the_workflows():
    run("zizmor", "--offline", "--no-progress", "--persona", "pedantic", ".github")


def test_the_lock_names_no_place_of_its_own():
    for lock in stack.INFRA.glob("*/requirements.txt"):
        text = lock.read_text()
        assert "--hash=sha256:" in text, f"{lock} is not locked by hash"
        for word in ("--find-links", "--index-url", "--extra-index-url", "file://", "@ http"):
            assert word not in text, f"{lock} has {word}"
