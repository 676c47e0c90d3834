//! Every file of `events/`, replayed through its function.

use crate::support::{World, canary, fixtures::new_password, in_process, roles::within};
use auth::{
    access::SpaceRole,
    api_key::ApiKey,
    ids::{KeyId, OrganizationId, UserId},
};
use authorizer::Refusal;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// What comes of each file, in this order: of the authorizer `allow`, `deny`, `unauthorized` or `fault`, of
/// `setup` its status, of the mailer how many records it could not do, of `usage` how many
/// lines it counted, of `rotation` what it did or `fault`, of
/// the others a status of HTTP.
const OUTCOMES: &[(&str, &str)] = &[
    ("authorizer/allow.json", "allow"),
    ("authorizer/allow-in-space.json", "allow"),
    ("authorizer/allow-session.json", "allow"),
    ("authorizer/fault-unknown-route.json", "fault"),
    ("authorizer/forbidden-read-only.json", "deny"),
    ("authorizer/forbidden-space.json", "deny"),
    ("authorizer/forbidden-wildcard-path.json", "deny"),
    ("authorizer/unauthorized-checksum.json", "unauthorized"),
    ("authorizer/unauthorized-malformed.json", "unauthorized"),
    ("authorizer/unauthorized-no-header.json", "unauthorized"),
    ("authorizer/unauthorized-scheme.json", "unauthorized"),
    ("authorizer/unauthorized-token.json", "unauthorized"),
    ("authorizer/unauthorized-two-values.json", "unauthorized"),
    ("authorizer/unauthorized-unknown-key.json", "unauthorized"),
    ("login/login-malformed.json", "400"),
    ("login/login-no-json.json", "415"),
    ("login/login-out-of-bounds.json", "422"),
    ("login/login-unknown-user.json", "401"),
    ("login/forgot.json", "202"),
    ("login/forgot-out-of-bounds.json", "422"),
    ("login/reset-unknown-token.json", "422"),
    ("login/change-password-unknown-user.json", "401"),
    ("login/change-password-without-context.json", "500"),
    ("sessions/refresh.json", "200"),
    ("sessions/refresh-no-cookie.json", "401"),
    ("sessions/refresh-other-origin.json", "403"),
    ("sessions/list-unknown-user.json", "401"),
    ("sessions/list-without-context.json", "500"),
    ("sessions/end-others-unknown-user.json", "401"),
    ("sessions/end-unknown-session.json", "404"),
    ("sessions/logout-by-cookie.json", "204"),
    ("sessions/logout.json", "204"),
    ("sessions/logout-malformed.json", "401"),
    ("sessions/logout-no-header.json", "401"),
    ("sessions/revoke.json", "200"),
    ("sessions/revoke-out-of-bounds.json", "422"),
    ("sessions/revoke-unknown-key.json", "200"),
    ("users-me/get-unknown-user.json", "401"),
    ("users-me/get-without-context.json", "500"),
    ("users-me/patch-unknown-member.json", "400"),
    ("users-me/patch-unknown-user.json", "401"),
    ("api-keys/create-empty-spaces.json", "422"),
    ("api-keys/create-unknown-user.json", "401"),
    ("api-keys/get-unknown-user.json", "401"),
    ("api-keys/list-unknown-user.json", "401"),
    ("api-keys/list-out-of-bounds.json", "422"),
    ("api-keys/list-without-context.json", "500"),
    ("api-keys/rename-unknown-user.json", "401"),
    ("api-keys/revoke-unknown-user.json", "401"),
    ("api-keys/rotate-unknown-user.json", "401"),
    ("admin/policy-unknown-organization.json", "401"),
    ("admin/policy-without-context.json", "500"),
    ("admin/replace-policy-out-of-bounds.json", "422"),
    ("admin/replace-policy-without-if-match.json", "428"),
    ("admin/start-reset-unknown-session.json", "401"),
    ("admin/list-users.json", "200"),
    ("admin/create-user-unknown-session.json", "401"),
    ("admin/create-user-out-of-bounds.json", "422"),
    ("admin/change-unknown-user.json", "404"),
    ("admin/create-service-account-out-of-bounds.json", "422"),
    ("admin/offboarding-unknown-user.json", "404"),
    ("admin/move-unknown-key.json", "401"),
    ("import/unknown-session.json", "401"),
    ("import/no-rows.json", "422"),
    ("import/from-row-out-of-bounds.json", "422"),
    ("import/json.json", "415"),
    ("import/without-context.json", "500"),
    ("audit/export.json", "200"),
    ("audit/list.json", "200"),
    ("audit/list-out-of-bounds.json", "422"),
    ("audit/list-without-context.json", "500"),
    ("spaces/create-out-of-bounds.json", "422"),
    ("spaces/delete-unknown-space.json", "404"),
    ("spaces/list.json", "200"),
    ("spaces/members-without-space.json", "500"),
    ("catalog/create.json", "201"),
    ("catalog/create-out-of-bounds.json", "422"),
    ("catalog/delete-unknown-product.json", "404"),
    ("catalog/get-unknown-product.json", "404"),
    ("catalog/list-empty.json", "200"),
    ("catalog/list-without-space.json", "500"),
    ("catalog/replace-unknown-product.json", "404"),
    ("wellknown/health.json", "200"),
    ("wellknown/key-set.json", "200"),
    ("console/page.json", "200"),
    ("console/place.json", "200"),
    ("console/unknown-asset.json", "404"),
    ("console/without-slash.json", "302"),
    ("mailer/unknown-item.json", "0 failed"),
    ("usage/control.json", "0 of 0 lines"),
    ("usage/count.json", "1 of 2 lines"),
    ("usage/unreadable.json", "fault"),
    ("usage-report/usage-without-context.json", "500"),
    ("rotation/create-secret-of-another.json", "fault"),
    ("rotation/create-secret.json", "a key is made"),
    ("rotation/set-secret.json", "the key is published"),
    ("rotation/test-secret.json", "the ring can be verified"),
    ("rotation/finish-secret.json", "the key is handed over"),
    ("rotation/withdraw.json", "every key is withdrawn, and a fresh one signs"),
    ("setup/create.json", "SUCCESS"),
    ("setup/create-without-email.json", "FAILED"),
    ("setup/delete.json", "SUCCESS"),
    ("setup/update.json", "SUCCESS"),
];

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

fn files() -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for folder in fs::read_dir(root()).unwrap().map(Result::unwrap).filter(|it| it.path().is_dir()) {
        for file in fs::read_dir(folder.path()).unwrap() {
            let (folder, file) = (folder.file_name(), file.unwrap().file_name());
            files.insert(format!("{}/{}", folder.to_str().unwrap(), file.to_str().unwrap()));
        }
    }
    files
}

#[test]
fn every_event_has_an_outcome_and_every_outcome_an_event() {
    let written: BTreeSet<_> = OUTCOMES.iter().map(|(file, _)| (*file).to_owned()).collect();
    let files = files();
    let unsaid: Vec<_> = files.difference(&written).collect();
    assert!(unsaid.is_empty(), "tests/events.rs says no outcome of {unsaid:?}");
    let missing: Vec<_> = written.difference(&files).collect();
    assert!(missing.is_empty(), "events/ has no {missing:?}");
}

#[test]
fn no_event_holds_a_credential_that_works_or_an_address_of_anybody() {
    for file in files() {
        let text = fs::read_to_string(root().join(&file)).unwrap();
        for word in text.split(['"', ' ', '\\']) {
            if word.contains('@') {
                assert!(word.ends_with("@example.test"), "{file}: {word}");
            }
            assert!(
                ApiKey::parse(word, &auth::api_key::Prefix::default()).is_err(),
                "{file} holds an API key"
            );
            assert!(!word.starts_with("eyJ"), "{file} holds a token");
        }
    }
}

/// What the placeholders of the events stand for.
async fn credentials(world: &World) -> BTreeMap<&'static str, String> {
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let north = world.space(&tenant, "north").await;
    world.join(&person, &north, SpaceRole::Viewer).await;
    let (organization, user) = (OrganizationId::from_bits(1), UserId::from_bits(2));
    let unknown = {
        let key = ApiKey::generate(organization, user, KeyId::from_bits(3), &mut *world.rng.lock().unwrap());
        key.reveal(&world.prefix).to_string()
    };
    canary::note(&unknown);
    let session = world.session(&person).await;
    BTreeMap::from([
        ("<api key>", world.key(&person).await.text),
        ("<read-only api key>", world.key_with(&person, |key| key.read_only = true).await.text),
        ("<refresh token>", session.cookie().to_owned()),
        ("<session token>", session.token),
        ("<unknown api key>", unknown),
        ("<password>", new_password()),
        ("<new password>", new_password()),
    ])
}

async fn outcome(world: &World, function: &str, event: Value) -> String {
    let deployment = world.deployment();
    let ambient = &mut deployment.ambient();
    match function {
        "authorizer" => {
            let event = serde_json::from_value(event).unwrap();
            match within("Authorizer", deployment.gateway.authorizer.answer(&event, ambient)).await {
                Err(Refusal::Unauthorized) => "unauthorized".to_owned(),
                Err(Refusal::Fault) => "fault".to_owned(),
                Ok(policy) => {
                    policy["policyDocument"]["Statement"][0]["Effect"].as_str().unwrap().to_lowercase()
                }
            }
        }
        "setup" => {
            let event = serde_json::from_value(event).unwrap();
            let answer = within("Setup", deployment.gateway.setup.answer(&event, ambient)).await;
            answer["Status"].as_str().unwrap().to_owned()
        }
        "mailer" => {
            let event = serde_json::from_value(event).unwrap();
            let answer = within("Mailer", deployment.gateway.mailer.answer(&event, ambient)).await;
            format!("{} failed", answer["batchItemFailures"].as_array().unwrap().len())
        }
        "usage" => {
            let event = serde_json::from_value(event).unwrap();
            let answer = within("Usage", deployment.gateway.usage.count(&event, ambient)).await;
            answer.map_or("fault".to_owned(), |it| format!("{} of {} lines", it.lines - it.junk, it.lines))
        }
        "rotation" => {
            let event = serde_json::from_value(event).unwrap();
            let answer = within("Rotation", deployment.gateway.rotation.answer(&event, ambient)).await;
            answer.map_or("fault".to_owned(), |it| it["outcome"].as_str().unwrap().to_owned())
        }
        function => {
            let stem =
                function.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect::<String>();
            deployment.gateway.invoke(&stem, &event, ambient).await.status.to_string()
        }
    }
}

#[tokio::test]
async fn each_event_comes_out_as_the_table_says() {
    let world = in_process!("replays events of which none went through a gateway");
    let credentials = credentials(&world).await;
    let mut differences = Vec::new();
    for (file, expected) in OUTCOMES {
        let mut text = fs::read_to_string(root().join(file)).unwrap();
        for (placeholder, credential) in &credentials {
            text = text.replace(placeholder, credential);
        }
        assert!(!text.contains('<'), "{file} has a placeholder that the test does not know");
        let event = serde_json::from_str(&text).unwrap();
        let (function, _) = file.split_once('/').unwrap();
        let found = outcome(&world, function, event).await;
        if found != *expected {
            differences.push(format!("{file}: {expected} expected, {found} found"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
