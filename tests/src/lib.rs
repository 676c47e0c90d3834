//! Nothing: the tests are the test binary `main.rs`. A package needs a target to have dependencies.
