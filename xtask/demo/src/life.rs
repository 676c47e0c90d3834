//! What has happened in the demo, so that usage and audit show something.
//!
//! It happens through the API, once: by its own functions, with their audit events, and with decisions that travel
//! through the authorizer's log to the usage function.
//!
//! 1. The admin imports two people and makes a second space.
//! 2. It makes a service account that is a member of both, with a key for a pipeline and one that only reads.
//! 3. The keys are used, from three addresses; some calls are refused.
//! 4. The editor makes a key for a report that runs at night: what stops when that person leaves.
//! 5. One person gets another name, and a key that was lost is revoked and tried once more.

use crate::{
    Login,
    api::{Api, Caller, list, text},
};
use anyhow::{Result, ensure};
use serde_json::{Value, json};

const PIPELINE: &str = "Deployment pipeline";
const IMPORTED: [(&str, &str); 2] =
    [("ines@example.test", "Ines Import"), ("imre@example.test", "Imre Import")];
const OFFICE: &str = "198.51.100.10";
const RUNNER: &str = "203.0.113.20";
const OTHER_RUNNER: &str = "203.0.113.21";

/// How often the pipeline's keys are used.
const CALLS: usize = 4;

/// Lets it happen, unless it has.
pub(crate) async fn happen(api: &Api, admin: &Login, editor: &Login, space: &str) -> Result<()> {
    let token = log_in(api, admin).await?;
    let office = Caller { credential: &token, address: OFFICE };
    let accounts = api.json(office, "GET", "/admin/service-accounts?limit=100", None).await?;
    if list(&accounts, "service_accounts").any(|it| it.get("name").is_some_and(|it| it == PIPELINE)) {
        return Ok(());
    }

    let imported = import(api, office).await?;
    let second = json!({"slug": "second-space", "name": "Second space"});
    api.json(office, "POST", "/admin/spaces", Some(second)).await?;
    let account = json!({"name": PIPELINE});
    let account = text(&api.json(office, "POST", "/admin/service-accounts", Some(account)).await?, "id")?;
    for (space, role) in [(space, "editor"), ("second-space", "viewer")] {
        let path = format!("/spaces/{space}/members/{account}");
        api.json(office, "PUT", &path, Some(json!({"role": role}))).await?;
    }

    let keys = format!("/admin/service-accounts/{account}/api-keys");
    let deploy = api.json(office, "POST", &keys, Some(json!({"name": "deploy"}))).await?;
    let reader = json!({"name": "dashboard", "read_only": true, "spaces": [space]});
    let reader = api.json(office, "POST", &keys, Some(reader)).await?;
    let lost = api.json(office, "POST", &keys, Some(json!({"name": "old laptop"}))).await?;
    used(api, space, &text(&deploy, "key")?, &text(&reader, "key")?).await?;

    let token = log_in(api, editor).await?;
    let desk = Caller { credential: &token, address: OFFICE };
    let report = api.json(desk, "POST", "/api-keys", Some(json!({"name": "nightly report"}))).await?;
    let report = text(&report, "key")?;
    for _ in 0..CALLS {
        let runner = Caller { credential: &report, address: RUNNER };
        api.json(runner, "GET", &format!("/catalog/spaces/{space}/products"), None).await?;
    }

    for person in &imported {
        let path = format!("/spaces/second-space/members/{person}");
        api.json(office, "PUT", &path, Some(json!({"role": "editor"}))).await?;
    }
    if let Some(person) = imported.first() {
        let path = format!("/admin/users/{person}");
        api.json(office, "PATCH", &path, Some(json!({"name": "Ines Imported"}))).await?;
    }
    api.json(office, "DELETE", &format!("{keys}/{}", text(&lost, "id")?), None).await?;
    let lost = text(&lost, "key")?;
    refused(api, Caller { credential: &lost, address: OTHER_RUNNER }, "GET", "/users/me", 401).await
}

async fn log_in(api: &Api, who: &Login) -> Result<String> {
    let nobody = Caller { credential: "", address: OFFICE };
    let login = json!({"email": who.email, "password": who.password});
    text(&api.json(nobody, "POST", "/auth/login", Some(login)).await?, "access_token")
}

/// The ids of the imported people.
async fn import(api: &Api, admin: Caller<'_>) -> Result<Vec<String>> {
    let rows = IMPORTED.map(|(email, name)| json!({"email": email, "name": name}).to_string() + "\n");
    let body = Some(("application/x-ndjson", rows.concat()));
    let (status, answer) = api.call(admin, "POST", "/admin/users/import", body).await?;
    ensure!(status == 200, "the import was answered {status}: {answer}");
    list(&answer, "results").map(|row| text(row, "id")).collect()
}

/// The pipeline's keys at work, and where they may not be.
async fn used(api: &Api, space: &str, deploy: &str, reader: &str) -> Result<()> {
    let products = format!("/catalog/spaces/{space}/products");
    let runner = Caller { credential: deploy, address: RUNNER };
    let dashboard = Caller { credential: reader, address: OFFICE };
    for _ in 0..CALLS {
        let (one, other) = tokio::join!(
            api.json(runner, "GET", &products, None),
            api.json(dashboard, "GET", &products, None)
        );
        one.and(other)?;
    }
    let elsewhere = Caller { address: OTHER_RUNNER, ..runner };
    api.json(elsewhere, "GET", "/catalog/spaces/second-space/products", None).await?;
    let product: Value = json!({"name": "Wall lamp", "tags": ["light"]});
    api.json(runner, "POST", &products, Some(product)).await?;
    refused(api, dashboard, "DELETE", &format!("{products}/prd_00000000000"), 403).await?;
    refused(api, dashboard, "GET", "/catalog/spaces/second-space/products", 403).await
}

/// A request that has to be refused so.
async fn refused(api: &Api, caller: Caller<'_>, method: &str, path: &str, expected: u16) -> Result<()> {
    let (status, _) = api.call(caller, method, path, None).await?;
    ensure!(status == expected, "{method} {path} was answered {status} instead of {expected}");
    Ok(())
}
