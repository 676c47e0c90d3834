//! Whatever an item holds, it is read as a record or is an error: never a panic.
#![no_main]

use auth::{
    ids::{KeyId, OrganizationId, ProductId, SessionId, SpaceId, UserId},
    one_time::OneTimeHash,
};
use fuzz::{Functions, Script, block_on};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use std::sync::LazyLock;
use store::Lookup;

static FUNCTIONS: LazyLock<Functions> = LazyLock::new(Functions::default);

/// Attributes from JSON: text, numbers and lists of it as DynamoDB writes them; the rest as it stands.
fn attribute(value: Value) -> Value {
    match value {
        Value::String(text) => json!({ "S": text }),
        Value::Number(number) => json!({ "N": number.to_string() }),
        Value::Bool(truth) => json!({ "BOOL": truth }),
        Value::Array(list) => json!({ "L": list.into_iter().map(attribute).collect::<Vec<_>>() }),
        other => other,
    }
}

// Which record, and the item as JSON.
fuzz_target!(|data: (u8, &str)| {
    let (kind, text) = data;
    let Ok(Value::Object(item)) = serde_json::from_str(text) else { return };
    let item = item.into_iter().map(|(name, value)| (name, attribute(value))).collect();
    let it = &*FUNCTIONS;
    it.cloud.follow(Script::Item(Value::Object(item)));
    let (user, organization) = (UserId::from_bits(1), OrganizationId::from_bits(2));
    block_on(async {
        match kind % 12 {
            0 => drop(it.store.user(user).await),
            1 => drop(it.store.key(user, KeyId::from_bits(3)).await),
            2 => drop(it.store.session(user, SessionId::from_bits(3)).await),
            3 => drop(it.store.policy(organization, 0).await),
            4 => drop(it.store.organization(organization).await),
            5 => drop(it.store.one_time(OneTimeHash::from_hex(&"0".repeat(64)).expect("a hash")).await),
            6 => drop(it.store.published().await),
            7 => drop(it.store.password(user).await),
            8 => drop(it.store.product(SpaceId::from_bits(4), ProductId::from_bits(5)).await),
            9 => drop(it.store.memberships_of(user).await),
            10 => drop(it.store.refresh_states(&[SessionId::from_bits(3)]).await),
            _ => {
                let lookup = Lookup {
                    organization,
                    user,
                    credential: auth::decide::CredentialId::ApiKey(KeyId::from_bits(3)),
                    space: None,
                    policy_copy: 0,
                };
                drop(it.store.decision_records(&lookup).await);
            }
        }
    });
});
