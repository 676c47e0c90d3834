//! The project's shape: who may depend on whom, and one name everywhere.

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Our own crates, and which of our own each may see.
const SHARED: [(&str, &[&str]); 6] = [
    ("access", &[]),
    ("auth", &["access"]),
    ("store", &["auth"]),
    ("edge", &["auth"]),
    ("tokens", &["auth", "edge", "store"]),
    ("keys", &["auth", "edge", "store"]),
];
/// What a function may see: never another function.
const OF_FUNCTIONS: [&str; 6] = ["access", "auth", "edge", "keys", "store", "tokens"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The workspace's packages, as Cargo sees them.
fn packages() -> Vec<Value> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn name(package: &Value) -> String {
    package["name"].as_str().unwrap().to_owned()
}

fn folder(package: &Value) -> PathBuf {
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    manifest.parent().unwrap().strip_prefix(root()).unwrap().to_owned()
}

fn functions() -> BTreeSet<String> {
    let entries = fs::read_dir(root().join("functions")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// What it is built from, tests aside, of our own.
fn own_dependencies(package: &Value, own: &BTreeSet<String>) -> BTreeSet<String> {
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    let built = dependencies.filter(|it| it["kind"].as_str() != Some("dev"));
    built.map(name).filter(|name| own.contains(name)).collect()
}

#[test]
fn dependencies_point_one_way() {
    let packages = packages();
    let own: BTreeSet<_> = packages.iter().map(name).collect();
    let allowed: BTreeMap<_, _> = SHARED.into_iter().collect();
    for package in &packages {
        let (name, folder) = (name(package), folder(package));
        let seen = own_dependencies(package, &own);
        let may_see: BTreeSet<String> =
            match folder.components().next().unwrap().as_os_str().to_str().unwrap() {
                "shared" => {
                    let may = allowed
                        .get(&*name)
                        .unwrap_or_else(|| panic!("shared/{name} is new: say what it may see"));
                    may.iter().map(|it| (*it).to_owned()).collect()
                }
                "functions" => OF_FUNCTIONS.iter().map(|it| (*it).to_owned()).collect(),
                // Programs for people may see whatever they test, measure or seed.
                _ => continue,
            };
        let too_far: Vec<_> = seen.difference(&may_see).collect();
        assert!(too_far.is_empty(), "{name} must not depend on {too_far:?}");
    }
}

#[test]
fn only_benches_and_tests_write_in_bulk() {
    for package in packages() {
        let dependencies = package["dependencies"].as_array().unwrap();
        let store = dependencies.iter().filter(|it| it["name"] == "store");
        let asks = store.flat_map(|it| it["features"].as_array().unwrap()).any(|it| it == "bulk");
        let features = package["features"].to_string();
        let is_store = name(&package) == "store";
        let may = matches!(&*name(&package), "bench" | "tests");
        assert!(is_store || may || !(asks || features.contains("bulk")), "{}", name(&package));
    }
}

#[test]
fn the_pure_crates_know_no_aws_no_runtime_and_no_http() {
    for package in packages().iter().filter(|it| matches!(&*name(it), "access" | "auth")) {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        for dependency in dependencies.filter(|it| it["kind"].as_str() != Some("dev")).map(name) {
            let impure = ["aws-sdk", "aws-config", "aws-smithy", "tokio", "lambda", "http", "hyper", "rand"];
            // aws-lc-rs is cryptography, rand_core the trait of a generator that is handed in.
            let pure = matches!(&*dependency, "aws-lc-rs" | "rand_core");
            let is_impure = impure.iter().any(|it| dependency.starts_with(it)) && !pure;
            assert!(!is_impure, "{} must not depend on {dependency}", name(package));
        }
    }
}

#[test]
fn a_function_has_one_name_everywhere() {
    let template = fs::read_to_string(root().join("infra/template.yaml")).unwrap();
    let packages: BTreeMap<_, _> = packages().into_iter().map(|it| (folder(&it), it)).collect();
    for function in functions() {
        let package = &packages[&Path::new("functions").join(&function)];
        assert_eq!(name(package), function, "folder and package");
        let targets = package["targets"].as_array().unwrap();
        let binaries: Vec<_> = targets.iter().filter(|it| it["kind"][0] == "bin").map(name).collect();
        assert_eq!(binaries, std::slice::from_ref(&function), "folder and binary");
        let stem = pascal(&function);
        for line in [
            format!("\n  {stem}Function:\n"),
            format!("\n  {stem}LogGroup:\n"),
            format!("\n      CodeUri: ../target/lambda/{function}/\n"),
        ] {
            assert!(template.contains(&line), "infra/template.yaml has no line {}", line.trim());
        }
        assert!(root().join("events").join(&function).is_dir(), "events/{function}");
    }
    let in_template = template.lines().filter(|line| line.starts_with("      CodeUri: ")).count();
    assert_eq!(in_template, functions().len(), "each function of the template has its folder");
}

#[test]
fn events_are_of_functions() {
    let folders = fs::read_dir(root().join("events")).unwrap().map(Result::unwrap);
    let folders: BTreeSet<_> = folders
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    assert_eq!(folders, functions());
}

#[test]
fn a_function_s_main_only_wires() {
    for function in functions() {
        let main = fs::read_to_string(root().join("functions").join(&function).join("src/main.rs")).unwrap();
        let lines = main.lines().count();
        assert!(lines <= 40, "functions/{function}/src/main.rs has {lines} lines");
    }
}

/// Every file of a folder and of the folders in it.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            walk(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

#[test]
fn every_snapshot_belongs_to_a_test() {
    let mut files = Vec::new();
    walk(&root().join("tests"), &mut files);
    let unreviewed = files.iter().any(|it| it.extension().is_some_and(|it| it == "new"));
    assert!(!unreviewed, "a snapshot waits for its review");
    for snapshot in files.iter().filter(|it| it.extension().is_some_and(|it| it == "snap")) {
        // `tests__users__me__a_test.snap`, of `tests/users/me.rs`.
        let stem = snapshot.file_stem().unwrap().to_str().unwrap();
        let mut names: Vec<_> = stem.split("__").skip(1).collect();
        let test = names.pop().unwrap();
        let source = root().join("tests").join(names.join("/")).with_extension("rs");
        let text = fs::read_to_string(&source).unwrap_or_default();
        assert!(text.contains(&format!("fn {test}(")), "{stem} is of no test");
    }
}

fn pascal(name: &str) -> String {
    name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}
