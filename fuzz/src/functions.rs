//! The functions behind the API's operations, and the operations themselves, of `infra/openapi.yaml`.

use crate::cloud::Cloud;
use auth::api_key::Prefix;
use edge::{Ambient, Config, Response, clients, config::AwsCredentials, secrets::Secrets};
use serde_json::Value;
use std::{collections::BTreeSet, sync::LazyLock};
use store::Store;

const SIGNING_SECRET: &str = "signing";

/// An operation of the document.
#[derive(Debug)]
pub struct Operation {
    /// The method, in capitals.
    pub method: String,
    /// The path as the document spells it.
    pub template: String,
    /// The stem of its function's logical id.
    pub function: String,
    /// Whether the gateway asks the authorizer.
    pub protected: bool,
    /// Every status that the document says.
    pub statuses: BTreeSet<u16>,
}

/// Every operation that a function answers.
pub static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let text = include_str!("../../infra/openapi.yaml");
    let document: Value = serde_norway::from_str(text).expect("the document is YAML");
    let read = access::openapi::operations(&document).expect("the document");
    read.into_iter().filter_map(|operation| of(&document, operation)).collect()
});

fn of(document: &Value, operation: access::openapi::Operation) -> Option<Operation> {
    let entry = &document["paths"][&operation.template][operation.method.to_lowercase()];
    let uri = entry["x-amazon-apigateway-integration"]["uri"].to_string();
    // `…:${LoginFunction.Arn}:live/invocations`, in whatever way the name is written.
    let function = NAMES.iter().find(|name| uri.contains(&format!("{{{name}")))?;
    let responses = entry["responses"].as_object().expect("responses");
    Some(Operation {
        function: (*function).to_owned(),
        protected: operation.access != access::Access::Public,
        statuses: responses.keys().filter_map(|status| status.parse().ok()).collect(),
        method: operation.method,
        template: operation.template,
    })
}

const NAMES: [&str; 11] = [
    "UsageReport",
    "UsersMe",
    "ApiKeys",
    "Sessions",
    "Spaces",
    "Admin",
    "Audit",
    "Import",
    "Login",
    "Catalog",
    "Wellknown",
];

/// The functions of one deployment.
pub struct Functions {
    /// What they read and write.
    pub cloud: Cloud,
    /// The same, for targets that ask the store itself.
    pub store: Store,
    /// The authorizer.
    pub authorizer: authorizer::Authorizer,
    /// The consumer of the authorizer's log.
    pub usage: usage::Usage,
    login: login::Login,
    sessions: sessions::Sessions,
    users_me: users_me::UsersMe,
    api_keys: api_keys::ApiKeys,
    admin: admin::Admin,
    spaces: spaces::Spaces,
    import: import::Import,
    audit: audit::Audit,
    usage_report: usage_report::UsageReport,
    catalog: catalog::Catalog,
    wellknown: wellknown::Wellknown,
}

impl Default for Functions {
    fn default() -> Self {
        let cloud = Cloud::default();
        let config = config();
        let store = Store::new(clients::dynamodb(&config, cloud.client()), "fuzz");
        let secrets = Secrets::new(clients::secrets_manager(&config, cloud.client()));
        // As they have it in their own processes.
        let direct = store.clone().directly(clients::credentials(&config), config.endpoint.as_deref());
        let prefix = Prefix::default;
        let signing = || SIGNING_SECRET.to_owned();
        Self {
            authorizer: authorizer::Authorizer::new(direct.clone(), prefix()),
            usage: usage::Usage::new(direct.clone()),
            login: login::Login::new(direct, secrets.clone(), signing()),
            sessions: sessions::Sessions::new(store.clone(), secrets, signing(), &config),
            users_me: users_me::UsersMe::new(store.clone()),
            api_keys: api_keys::ApiKeys::new(store.clone(), prefix()),
            admin: admin::Admin::new(store.clone(), prefix(), true, None),
            spaces: spaces::Spaces::new(store.clone()),
            import: import::Import::new(store.clone()),
            audit: audit::Audit::new(store.clone()),
            usage_report: usage_report::UsageReport::new(store.clone()),
            catalog: catalog::Catalog::new(store.clone()),
            wellknown: wellknown::Wellknown::new(store.clone()),
            store,
            cloud,
        }
    }
}

impl Functions {
    /// The answer of an operation's function to a proxy event; `None` where it is no event.
    pub async fn answer(
        &self,
        operation: &Operation,
        event: Value,
        ambient: &mut Ambient,
    ) -> Option<Response> {
        let event = edge::service::read(event).ok()?;
        macro_rules! by {
            ($function:ident) => {
                edge::answer(&self.$function, event, ambient, None).await
            };
        }
        Some(match operation.function.as_str() {
            "Login" => by!(login),
            "Sessions" => by!(sessions),
            "UsersMe" => by!(users_me),
            "ApiKeys" => by!(api_keys),
            "Admin" => by!(admin),
            "Spaces" => by!(spaces),
            "Import" => by!(import),
            "Audit" => by!(audit),
            "UsageReport" => by!(usage_report),
            "Catalog" => by!(catalog),
            "Wellknown" => by!(wellknown),
            other => panic!("infra/openapi.yaml names a function that the targets do not know: {other}"),
        })
    }
}

fn config() -> Config {
    Config {
        table: "fuzz".to_owned(),
        signing_secret: Some(SIGNING_SECRET.to_owned()),
        first_admin_secret: None,
        api_key_prefix: Prefix::default(),
        allowed_origin: Some("https://console.example.test".to_owned()),
        sender_address: None,
        password_reset_page: None,
        audit_days: None,
        release: "fuzz".to_owned(),
        region: "us-east-1".to_owned(),
        endpoint: Some("http://127.0.0.1:9".to_owned()),
        ca_bundle: None,
        credentials: AwsCredentials::new("fuzz", "fuzz", None),
    }
}
