//! The leak canary: the tests write every secret that they use to a file, and afterwards none of them may
//! stand in anything that a run leaves behind.

use aho_corasick::AhoCorasick;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The variable that names the file to the tests.
pub(crate) const VARIABLE: &str = "QARION_CANARY";

/// Shorter lines would be found in innocent text.
const SHORTEST: usize = 8;
/// Of a long secret its end is looked for too: a log that cuts off the prefix, or the head of a token, has
/// leaked all the same.
const TAIL: usize = 24;

/// Fails if a secret of `secrets` stands in one of the files, or if there is nothing to look for or in.
pub(crate) fn check(secrets: &Path, files: &[PathBuf]) -> Result<()> {
    let text = fs::read_to_string(secrets)
        .with_context(|| format!("the tests left no secrets in {}", secrets.display()))?;
    let needles = needles(&text);
    if needles.is_empty() {
        bail!("the tests left no secrets in {}: this check would prove nothing", secrets.display());
    }
    let finder = AhoCorasick::new(&needles)?;
    let mut searched = 0;
    for path in files {
        let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        searched += content.len();
        if let Some(found) = finder.find(&content) {
            let line = content.iter().take(found.start()).filter(|byte| **byte == b'\n').count() + 1;
            // Which one, not what: this message ends up in a log.
            bail!(
                "a secret of the tests (number {} of {}) stands in {} line {line}",
                found.pattern().as_usize() + 1,
                secrets.display(),
                path.display()
            );
        }
    }
    println!("   {} secrets, in none of {} files ({searched} bytes)", text.lines().count(), files.len());
    Ok(())
}

fn needles(text: &str) -> Vec<&str> {
    let mut needles = BTreeSet::new();
    for secret in text.lines().map(str::trim).filter(|line| line.len() >= SHORTEST) {
        needles.insert(secret);
        if let Some(tail) = secret.len().checked_sub(TAIL).and_then(|start| secret.get(start..))
            && secret.len() >= 2 * TAIL
        {
            needles.insert(tail);
        }
    }
    needles.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(name: &str, secrets: &str, log: &str) -> (PathBuf, Vec<PathBuf>) {
        let directory = std::env::temp_dir().join(format!("canary-{name}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let (known, searched) = (directory.join("secrets"), directory.join("log"));
        fs::write(&known, secrets).unwrap();
        fs::write(&searched, log).unwrap();
        (known, vec![searched])
    }

    #[test]
    fn a_secret_in_a_log_fails_and_is_not_repeated() {
        let (known, logs) = files("leak", "correct-horse\n", "ok\nuser said correct-horse\n");
        let message = check(&known, &logs).unwrap_err().to_string();
        assert!(message.contains("line 2"), "{message}");
        assert!(!message.contains("correct-horse"), "{message}");
    }

    #[test]
    fn the_end_of_a_long_secret_is_enough() {
        let secret = format!("qarion_{}{}", "A".repeat(40), "0123456789abcdefghijklmn");
        let (known, logs) = files("tail", &secret, "…0123456789abcdefghijklmn");
        check(&known, &logs).unwrap_err();
    }

    #[test]
    fn clean_logs_pass() {
        let (known, logs) = files("clean", "correct-horse\n", "nothing here\n");
        check(&known, &logs).unwrap();
    }

    #[test]
    fn no_secrets_prove_nothing() {
        let (known, logs) = files("empty", "\n", "nothing here\n");
        check(&known, &logs).unwrap_err();
    }
}
