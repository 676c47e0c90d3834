//! Texts that are almost API keys.

use super::{
    Expected, Report, cases, is,
    template::{Names, hex},
};
use crate::support::{Call, Key, World, canary};
use serde::Deserialize;
use serde_json::json;

/// How the text is made of a good key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    /// Of `{good}`, or of the parts that [`parts`] names; `{sum}` is the right checksum of what stands before it.
    key: String,
}

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A key taken apart: `docs/secret-scanning` has the form.
fn parts(names: &mut Names, of: &str, key: &str) {
    let (prefix, digits) = key.split_once('_').expect("a prefix");
    names.set(&format!("{of}prefix"), prefix);
    for (index, part) in ["org", "user", "id", "secret", "", "", "", "old sum"].into_iter().enumerate() {
        let end = if part == "secret" { 77 } else { (index * 11 + 11).min(digits.len()) };
        if !part.is_empty() {
            names.set(&format!("{of}{part}"), &digits[index * 11..end]);
        }
    }
}

/// CRC-32 as PNG and zip have it, bit by bit, in six digits of base62.
fn checksum(text: &str) -> String {
    let table = |start: u32| {
        (0..8).fold(start, |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    };
    let mut value =
        !text.bytes().fold(!0_u32, |crc, byte| table((crc ^ u32::from(byte)) & 0xFF) ^ (crc >> 8));
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(value % 62) as usize];
        value /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[tokio::test]
async fn each_text_of_a_key_is_answered_as_its_line_says() {
    let world = World::new().await;
    let (tenant, elsewhere) = (world.tenant().await, world.tenant().await);
    let person = world.member(&tenant).await;
    let good = world.key(&person).await;
    let sibling = world.key(&person).await;
    let colleague = world.key(&world.member(&tenant).await).await;
    let stranger = world.key(&world.member(&elsewhere).await).await;
    let mut names = Names::default();
    for (of, key) in [("", &good), ("sibling ", &sibling), ("colleague ", &colleague), ("other ", &stranger)]
    {
        parts(&mut names, of, &key.text);
    }
    names.set("good", &good.text);
    names.set("hex", hex(good.text.as_bytes()));
    let mut report = Report::default();
    for (expected, recipe) in cases::<Recipe>("api_keys") {
        let text = names.fill_with(&recipe.key, |name, before| (name == "sum").then(|| checksum(before)));
        if !world.is_in_process() && !super::can_be_sent(&format!("Bearer {text}")) {
            report.leave_out(&expected);
            continue;
        }
        // An id alone is no secret: logs name keys by it.
        if text != good.id.to_string() {
            canary::note(&text);
        }
        report.add(&expected, tried(&world, &text, &good, &expected, &names).await);
    }
    report.check();
}

/// A text at the doors: a protected route and revocation. What is refused ends no key.
async fn tried(
    world: &World,
    text: &str,
    good: &Key,
    expected: &Expected,
    names: &Names,
) -> Result<(), String> {
    let me = async |key: &str| world.raw_call(&Call::get("/users/me").bearer(key)).await;
    expected.is(&me(text).await, names)?;
    if expected.status == 200 {
        return Ok(());
    }
    let answer = world.raw_call(&Call::post("/auth/revoke").json(json!({ "token": text }))).await;
    if (1..=4096).contains(&text.len()) {
        is(&answer, 200, None).map_err(|it| format!("revoking: {it}"))?;
    }
    is(&me(&good.text).await, 200, None).map_err(|it| format!("the good key afterwards: {it}"))
}
