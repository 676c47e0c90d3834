//! Against hashes that others made: bcrypt of PyCA, scrypt of OpenSSL and passlib, argon2 of argon2-cffi.

use crate::password::{Hasher, Password, PasswordHash, PasswordHashError, Verification};
use proptest::prelude::*;

const WORD: &str = "correct horse battery staple";

const OF_WORD: [&str; 9] = [
    "$2b$08$abcdefghijklmnopqrstuukS31SNuNEoGSYTPCfyZV8d2iX4qVmTa",
    "$2a$08$abcdefghijklmnopqrstuukS31SNuNEoGSYTPCfyZV8d2iX4qVmTa",
    "$2y$08$abcdefghijklmnopqrstuukS31SNuNEoGSYTPCfyZV8d2iX4qVmTa",
    "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$11kKyiyYAc8G7rp3KmncMc44YlkdllIqxOa7pq0fMaU",
    "$scrypt$ln=13,r=8,p=2$AAECAwQFBgcICQoLDA0ODw$K+KUemNm4BHNaBxHHypBXRpu2EjNSak9UJg+RUR+gMI",
    "$scrypt$ln=14,r=8,p=1$c29tZXNhbHQ$l0RBme53zrIHOsfTjMFWuFsr4KJsrW4u+DnJvQ8ZPtC5HLTLxpD8cXge8v0r2GcyJa9JrLzTnnUdwLYw2JIQhQ",
    "$argon2i$v=19$m=8192,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$0RsPGjnpD+L6AaILUlkBzN6pWh4QFxiDXz3dBUVZNVs",
    "$argon2id$v=19$m=65536,t=3,p=4$AAECAwQFBgcICQoLDA0ODw$hTsnKkTbFCHAKWJmmlXrCZTzyrOF7RxMeSU+7hm6tJ4",
    "$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$tXFaK0YeoZsY6K5OPdA5mwTc8ojXBD5GCR83F9bg+6Q",
];

fn verified(word: &str, hash: &str) -> Verification {
    let password: Password = word.parse().unwrap();
    Hasher::new().verify(&password, &PasswordHash::parse(hash).unwrap())
}

fn error(text: &str) -> PasswordHashError {
    PasswordHash::parse(text).unwrap_err()
}

#[test]
fn what_others_made_is_verified_and_outdated() {
    for hash in OF_WORD {
        assert_eq!(PasswordHash::parse(hash).unwrap().as_str(), hash);
        assert_eq!(verified(WORD, hash), Verification::Match { outdated: true }, "{hash}");
        for other in ["correct horse battery stapl", "Correct horse battery staple", ""] {
            assert_eq!(verified(other, hash), Verification::Mismatch, "{other:?} {hash}");
        }
    }
}

#[test]
fn each_hash_tells_its_algorithm() {
    let names = OF_WORD.map(|hash| PasswordHash::parse(hash).unwrap().algorithm());
    let expected =
        ["bcrypt", "bcrypt", "bcrypt", "scrypt", "scrypt", "scrypt", "argon2i", "argon2id", "argon2id"];
    assert_eq!(names, expected);
}

#[test]
fn bcrypt_takes_a_password_as_bytes_and_knows_72_of_them() {
    let salt = "$2b$08$abcdefghijklmnopqrstuu";
    let umlauts = "Öffne dich, Sesam! ".repeat(3);
    let matches = Verification::Match { outdated: true };
    assert_eq!(verified(&umlauts, &format!("{salt}4WIVw2ztwMATtrZNGhjDfZwU4ohL9N6")), matches);
    let long = "0123456789".repeat(8);
    let hash = format!("{salt}i50qEeMdWVqKp5g4A6CFiyxEOX3bWQK");
    assert_eq!(verified(&long[..72], &hash), matches);
    // Not to be hashed anew: nobody knows whether what stands behind is the password.
    for length in [73, 80] {
        assert_eq!(verified(&long[..length], &hash), Verification::Match { outdated: false }, "{length}");
    }
    assert_eq!(verified(&long[..71], &hash), Verification::Mismatch);
}

#[test]
fn a_cost_out_of_bounds_is_refused_before_any_work() {
    let bcrypt = |cost: &str| format!("$2b${cost}$abcdefghijklmnopqrstuukS31SNuNEoGSYTPCfyZV8d2iX4qVmTa");
    for cost in ["00", "04", "07", "15", "31", "99"] {
        assert_eq!(error(&bcrypt(cost)), PasswordHashError::Cost, "{cost}");
    }
    assert!(PasswordHash::parse(&bcrypt("14")).is_ok());
    let scrypt = |cost: &str| {
        format!("$scrypt${cost}$AAECAwQFBgcICQoLDA0ODw$11kKyiyYAc8G7rp3KmncMc44YlkdllIqxOa7pq0fMaU")
    };
    for cost in [
        "ln=12,r=32,p=1",
        "ln=21,r=1,p=1",
        "ln=63,r=8,p=1",
        "ln=13,r=1,p=1",
        "ln=14,r=33,p=1",
        "ln=18,r=8,p=1",
        "ln=17,r=8,p=5",
        "ln=14,r=8,p=17",
        "ln=4294967296,r=8,p=1",
    ] {
        assert_eq!(error(&scrypt(cost)), PasswordHashError::Cost, "{cost}");
    }
    for cost in ["ln=17,r=8,p=1", "ln=17,r=8,p=4", "ln=14,r=8,p=16", "ln=20,r=1,p=1", "ln=13,r=8,p=1"] {
        assert!(PasswordHash::parse(&scrypt(cost)).is_ok(), "{cost}");
    }
}

#[test]
fn another_form_is_refused() {
    for text in [
        // Too short, too long, another alphabet, a cost of one digit or none.
        "$2b$08$abcdefghijklmnopqrstuukS31SNuNEoGSYTPCfyZV8d2iX4qVmT",
        "$2b$08$abcdefghijklmnopqrstuukS31SNuNEoGSYTPCfyZV8d2iX4qVmTaa",
        "$2b$08$abcdefghijklmnopqrstu+kS31SNuNEoGSYTPCfyZV8d2iX4qVmTa",
        "$2b$08$abcdefghijklmnopqrstuäS31SNuNEoGSYTPCfyZV8d2iX4qVmTa",
        "$2b$8$abcdefghijklmnopqrstuukS31SNuNEoGSYTPCfyZV8d2iX4qVmTa",
        "$2b$+8$abcdefghijklmnopqrstuukS31SNuNEoGSYTPCfyZV8d2iX4qVmTa",
        "$2b$$08$abcdefghijklmnopqrstuukS31SNuNEoGSYTPCfyZV8d2iX4qVmTa",
        "$scrypt$ln=14,r=8$AAECAwQFBgcICQoLDA0ODw$11kKyiyYAc8G7rp3KmncMc44YlkdllIqxOa7pq0fMaU",
        "$scrypt$r=8,ln=14,p=1$AAECAwQFBgcICQoLDA0ODw$11kKyiyYAc8G7rp3KmncMc44YlkdllIqxOa7pq0fMaU",
        "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw",
        "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$11kKyiyYAc8G7rp3KmncMc44YlkdllIqxOa7pq0fMaU$",
        "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw==$11kKyiyYAc8G7rp3KmncMc44YlkdllIqxOa7pq0fMaU",
    ] {
        assert_eq!(error(text), PasswordHashError::Malformed, "{text}");
    }
    for text in [
        "$2x$08$abcdefghijklmnopqrstuukS31SNuNEoGSYTPCfyZV8d2iX4qVmTa",
        "$1$abcdefgh$kS31SNuNEoGSYTPCfyZV8d",
        "$6$rounds=5000$abcdefgh$kS31SNuNEoGSYTPCfyZV8d",
        "$argon2d$v=19$m=8192,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$0RsPGjnpD+L6AaILUlkBzN6pWh4QFxiDXz3dBUVZNVs",
        "$argon2i$v=16$m=8192,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$0RsPGjnpD+L6AaILUlkBzN6pWh4QFxiDXz3dBUVZNVs",
    ] {
        assert_eq!(error(text), PasswordHashError::Algorithm, "{text}");
    }
    let short = "$scrypt$ln=14,r=8,p=1$AAECAwQFBg$11kKyiyYAc8G7rp3KmncMc44YlkdllIqxOa7pq0fMaU";
    assert_eq!(error(short), PasswordHashError::Length);
}

proptest! {
    #[test]
    fn no_text_is_too_much(
        algorithm in prop_oneof!["2[aby]", "scrypt", "argon2id?", "[ -~]{0,8}"],
        rest in "(\\$[ -~]{0,60}){0,4}",
    ) {
        let _ = PasswordHash::parse(&format!("${algorithm}{rest}"));
    }
}
