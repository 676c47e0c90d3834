//! The project's shape: who may depend on whom, and one name everywhere.

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::STANDARD};
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

/// Neither timing nor a derived comparison tells how much of a secret was right.
#[test]
fn stored_secrets_are_compared_in_constant_time_and_in_no_other_way() {
    for (file, types) in [
        ("api_key.rs", &["SecretHash"][..]),
        ("one_time.rs", &["OneTimeHash"]),
        ("refresh.rs", &["RefreshToken"]),
        ("password/hash.rs", &["Argon2Hash"]),
    ] {
        let text = fs::read_to_string(root().join("shared/auth/src").join(file)).unwrap();
        for name in types {
            let (before, _) = text.split_once(&format!("struct {name}")).expect(name);
            let attributes: Vec<_> =
                before.lines().rev().take_while(|line| !line.trim().is_empty() && *line != "}").collect();
            let derived = attributes.iter().any(|line| line.contains("derive") && line.contains("PartialEq"));
            assert!(!derived, "{name} is compared byte by byte");
            let own = text.split_once(&format!("impl PartialEq for {name}"));
            assert!(
                own.is_none_or(|(_, body)| {
                    body.split("\n}").next().is_some_and(|it| it.contains("constant_time::"))
                }),
                "{name} is compared in another way"
            );
        }
    }
    // Where the comparison is no `PartialEq`.
    for file in ["refresh.rs", "password/hasher.rs"] {
        let text = fs::read_to_string(root().join("shared/auth/src").join(file)).unwrap();
        assert!(text.contains("constant_time::verify_slices_are_equal("), "{file}");
    }
}

/// Their fingerprints as <https://www.amazontrust.com/repository/> has them.
#[test]
fn functions_trust_the_roots_of_amazon_and_no_others() {
    let text = fs::read_to_string(root().join("shared/edge/roots/amazon.pem")).unwrap();
    let mut fingerprints = Vec::new();
    for part in text.split("-----BEGIN CERTIFICATE-----").skip(1) {
        let (digits, _) = part.split_once("-----END CERTIFICATE-----").expect("an end");
        let der = STANDARD.decode(digits.split_whitespace().collect::<String>()).unwrap();
        let hash = digest::digest(&digest::SHA256, &der);
        fingerprints.push(hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    }
    assert_eq!(
        fingerprints,
        [
            "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
            "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
            "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
            "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
            "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
        ]
    );
    // The one place that trusts anything, and by nothing but these or the file that the environment names.
    let clients = fs::read_to_string(root().join("shared/edge/src/clients.rs")).unwrap();
    assert!(clients.contains("TrustStore::empty()"));
    let mut sources = Vec::new();
    for folder in ["shared", "functions"] {
        walk(&root().join(folder), &mut sources);
    }
    let others = sources.iter().filter(|path| path.extension().is_some_and(|it| it == "rs")).filter(|path| {
        !path.ends_with("shared/edge/src/clients.rs")
            && fs::read_to_string(path).is_ok_and(|text| text.contains("TrustStore::"))
    });
    assert_eq!(others.count(), 0);
}

fn pascal(name: &str) -> String {
    name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}
