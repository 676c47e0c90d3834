import pytest

import stack


@pytest.fixture(scope="session", params=[True, False], ids=["document-included", "document-by-name"])
def expanded(request):
    """The expanded template, in both orders of AWS::Include and SAM."""
    return stack.expand(included=request.param)


@pytest.fixture(scope="session")
def with_canary():
    return stack.expand(CanaryDeployments="true")
