//! A whole deployment inside a test: a table of its own, secrets, the gateway and the functions, and a clock
//! that only the test moves.

use super::{
    call::{Answer, Call},
    canary,
    document::ALLOWED_ORIGIN,
    gateway::Gateway,
    secrets_manager::SecretsManager,
    ses::{SENDER, Ses},
    table::{Past, RawItem, TestTable, table},
    wire::{Fault, Wire},
};
use auth::{
    api_key::Prefix,
    signing::{KeyRing, SigningKey},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use bench::meter::Meter;
use edge::{Ambient, Config, clients, config::AwsCredentials, secrets::Secrets};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration as StdDuration,
};
use store::{Published, Store, Write};
use time::{Duration, OffsetDateTime, macros::datetime};

/// The issuer of tokens.
pub(crate) const BASE_URL: &str = "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/v1";
/// The name of the signing secret.
pub(crate) const SIGNING_SECRET: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:signing-AbCdEf";
/// The name of the secret with the first admin's password.
pub(crate) const FIRST_ADMIN_SECRET: &str =
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:admin-AbCdEf";

const START: OffsetDateTime = datetime!(2030-04-09 12:34:56 UTC);

/// The deployment.
pub(crate) struct InProcess {
    pub(crate) gateway: Gateway,
    pub(crate) wire: Wire,
    pub(crate) meter: Meter,
    /// The table, past `wire`.
    past: Past,
    pub(crate) secrets: SecretsManager,
    /// Where its mails go.
    pub(crate) ses: Ses,
    /// The key that signs; what a test signs itself is signed with it, too.
    pub(crate) signer: SigningKey,
    pub(crate) store: Store,
    clock: Mutex<OffsetDateTime>,
    seed: AtomicU64,
    config: Config,
    mails: aws_sdk_sesv2::Client,
    manager: Secrets,
}

/// How patient the SDK is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Patience {
    /// As in production.
    Usual,
    /// One attempt for each call and a short wait: a fault is seen at once.
    None,
}

impl InProcess {
    /// A deployment on an empty table, set up.
    pub(crate) async fn new(patience: Patience) -> Self {
        let deployment = Self::on(table().await, patience);
        publish(&deployment.store, &deployment.secrets, &deployment.signer).await;
        deployment.wire.take();
        deployment.secrets.take();
        deployment
    }

    /// A deployment on an empty table, as a new stack has it.
    pub(crate) async fn not_set_up(patience: Patience) -> Self {
        Self::on(table().await, patience)
    }

    /// A deployment on this table, set up.
    pub(crate) async fn set_up_on(table: TestTable) -> Self {
        let deployment = Self::on(table, Patience::Usual);
        publish(&deployment.store, &deployment.secrets, &deployment.signer).await;
        deployment
    }

    fn on(table: TestTable, patience: Patience) -> Self {
        edge::telemetry::init();
        let past = table.past();
        let (wire, meter) = (table.wire, table.meter);
        let config = config(table.name, table.endpoint);
        let client = clients::dynamodb(&config, SharedHttpClient::new(wire.clone()));
        let store = Store::new(impatient(&client, patience), &config.table)
            .directly(clients::credentials(&config), config.endpoint.as_deref())
            .keeping_audit(config.audit_days);
        let secrets = SecretsManager::default();
        let manager = clients::secrets_manager(&config, SharedHttpClient::new(secrets.clone()));
        let manager = aws_sdk_secretsmanager::Client::from_conf(match patience {
            Patience::Usual => manager.config().clone(),
            Patience::None => manager
                .config()
                .to_builder()
                .timeout_config(short())
                .retry_config(RetryConfig::disabled())
                .build(),
        });
        let signer = SigningKey::generate(START - Duration::days(1)).expect("a key pair");
        secrets.create(SIGNING_SECRET);
        secrets.create(FIRST_ADMIN_SECRET);
        let ses = Ses::default();
        let mails = clients::sesv2(&config, SharedHttpClient::new(ses.clone()));
        let manager = Secrets::new(manager);
        let gateway = gateway(&store, &manager, mails.clone(), &config);
        Self {
            gateway,
            wire,
            meter,
            past,
            secrets,
            ses,
            signer,
            store,
            clock: Mutex::new(START),
            seed: AtomicU64::new(1),
            config,
            mails,
            manager,
        }
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        *self.clock.lock().expect("the clock")
    }

    /// Begins every function anew, with nothing in memory, on the same table and secrets.
    pub(crate) fn restart(&mut self) {
        self.gateway = gateway(&self.store, &self.manager, self.mails.clone(), &self.config);
    }

    /// As deployed without an address that mails come from.
    pub(crate) fn without_sender(&mut self) {
        self.config.sender_address = None;
        self.gateway.admin = admin::Admin::new(self.store.clone(), Prefix::default(), false, None);
    }

    /// With requests that import for so long and leave the rest to the next one.
    pub(crate) fn importing_for(&mut self, budget: StdDuration) {
        self.gateway.import = import::Import::new(self.store.clone()).writing_for(budget);
    }

    /// With requests that delete for so long and leave the rest to the next one.
    pub(crate) fn deleting_spaces_for(&mut self, budget: StdDuration) {
        self.gateway.spaces = spaces::Spaces::new(self.store.clone()).deleting_for(budget);
    }

    /// Moves the clock.
    pub(crate) fn pass(&self, time: Duration) {
        *self.clock.lock().expect("the clock") += time;
    }

    /// A world of its own for each invocation, the same in each run.
    pub(crate) fn ambient(&self) -> Ambient {
        Ambient::fixed(self.now(), self.seed.fetch_add(1, Ordering::Relaxed))
    }

    /// Breaks the call of this number, counted from 1 over table and secrets, and those after it if it
    /// lasts; `fault` says how a call of this operation breaks, if it does. Counts what has broken.
    pub(crate) fn breaks(
        &self,
        number: usize,
        lasting: bool,
        fault: impl Fn(&str) -> Option<Fault> + Send + Sync + 'static,
    ) -> Arc<AtomicUsize> {
        let (count, broken, fault) =
            (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(fault));
        let counted = Arc::clone(&broken);
        let breaks = move |operation: &str| {
            let current = count.fetch_add(1, Ordering::Relaxed) + 1;
            let due = current == number || (lasting && current > number);
            let fault = if due { fault(operation) } else { None }?;
            counted.fetch_add(1, Ordering::Relaxed);
            Some(fault)
        };
        let other = breaks.clone();
        self.wire.breaks(move |call| breaks(&call.operation));
        self.secrets.breaks(other);
        broken
    }

    /// Ends the process at its call of this number, counted from 1 over table and secrets: that call is done or
    /// not, and none that follows is. Counts what has broken.
    pub(crate) fn cut(&self, call: usize, done: bool) -> Arc<AtomicUsize> {
        let first = AtomicBool::new(done);
        self.breaks(call, true, move |_| {
            Some(if first.swap(false, Ordering::Relaxed) { Fault::AnswerLost } else { Fault::Dropped })
        })
    }

    /// Lets every function be a new process, for which nobody answers at the services' address. Where it is to be seen
    /// what the functions behind the authorizer do, the authorizer reaches the table.
    pub(crate) async fn unreachable(&mut self, behind_authorizer: bool) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("a port"));
        drop(listener);
        let config = config("qarion".to_owned(), endpoint);
        let http = || aws_smithy_http_client::Builder::new().build_http();
        let store = Store::new(clients::dynamodb(&config, http()), &config.table)
            .directly(clients::credentials(&config), config.endpoint.as_deref());
        let secrets = Secrets::new(clients::secrets_manager(&config, http()));
        self.gateway = gateway(&store, &secrets, clients::sesv2(&config, http()), &config);
        if behind_authorizer {
            self.gateway.authorizer = authorizer::Authorizer::new(self.past.store(), config.api_key_prefix);
        }
    }

    /// Writes down the operations that are called from now on, on table and secrets, in order.
    pub(crate) fn listens(&self) -> Arc<Mutex<Vec<String>>> {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (table, secrets) = (Arc::clone(&heard), Arc::clone(&heard));
        self.wire.breaks(move |call| {
            table.lock().expect("a list").push(call.operation.clone());
            None
        });
        self.secrets.breaks(move |operation| {
            secrets.lock().expect("a list").push(operation.to_owned());
            None
        });
        heard
    }

    /// Lets every call pass again.
    pub(crate) fn mend(&self) {
        self.wire.mend();
        self.secrets.mend();
    }

    /// Every item of the table by its key, written out so that equal items are equal text.
    pub(crate) async fn items(&self) -> BTreeMap<(String, String), String> {
        self.past.items().await
    }

    /// Puts an item, whatever is there.
    pub(crate) async fn put(&self, item: RawItem) {
        self.past.put(item).await;
    }

    /// Every item of the table.
    pub(crate) async fn raw_items(&self) -> Vec<RawItem> {
        self.past.raw_items().await
    }

    /// The operations that were called since the last time, on the table and on secrets.
    pub(crate) fn take(&self) -> Vec<String> {
        let mut calls: Vec<_> = self.wire.take().into_iter().map(|call| call.operation).collect();
        calls.extend(self.secrets.take());
        calls
    }

    pub(crate) async fn call(&self, call: &Call) -> Answer {
        self.gateway.call(call, || self.ambient()).await
    }
}

/// The configuration that the functions would read from their environment.
pub(crate) fn config(table: String, endpoint: String) -> Config {
    Config {
        table,
        signing_secret: Some(SIGNING_SECRET.to_owned()),
        first_admin_secret: Some(FIRST_ADMIN_SECRET.to_owned()),
        api_key_prefix: Prefix::default(),
        allowed_origin: Some(ALLOWED_ORIGIN.to_owned()),
        sender_address: Some(SENDER.to_owned()),
        password_reset_page: None,
        audit_days: Some(400),
        release: "tests".to_owned(),
        region: "us-east-1".to_owned(),
        endpoint: Some(endpoint),
        ca_bundle: None,
        credentials: AwsCredentials::new("test", "test", None),
    }
}

fn short() -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(StdDuration::from_millis(400)).build()
}

fn impatient(client: &aws_sdk_dynamodb::Client, patience: Patience) -> aws_sdk_dynamodb::Client {
    match patience {
        Patience::Usual => client.clone(),
        Patience::None => {
            let config = client.config().to_builder();
            let config = config.timeout_config(short()).retry_config(RetryConfig::disabled());
            aws_sdk_dynamodb::Client::from_conf(config.build())
        }
    }
}

fn gateway(store: &Store, secrets: &Secrets, mails: aws_sdk_sesv2::Client, config: &Config) -> Gateway {
    let prefix = &config.api_key_prefix;
    Gateway {
        authorizer: authorizer::Authorizer::new(store.clone(), prefix.clone()),
        login: login::Login::new(store.clone(), secrets.clone(), SIGNING_SECRET.to_owned()),
        sessions: sessions::Sessions::new(store.clone(), secrets.clone(), SIGNING_SECRET.to_owned(), config),
        users_me: users_me::UsersMe::new(store.clone()),
        api_keys: api_keys::ApiKeys::new(store.clone(), prefix.clone()),
        spaces: spaces::Spaces::new(store.clone()),
        import: import::Import::new(store.clone()),
        audit: audit::Audit::new(store.clone()),
        usage: usage::Usage::new(store.clone()),
        usage_report: usage_report::UsageReport::new(store.clone()),
        catalog: catalog::Catalog::new(store.clone()),
        wellknown: wellknown::Wellknown::new(store.clone()),
        console: console::Console::embedded(),
        setup: setup::Setup::new(
            store.clone(),
            secrets.clone(),
            SIGNING_SECRET.to_owned(),
            FIRST_ADMIN_SECRET.to_owned(),
        ),
        rotation: rotation::Rotation::new(store.clone(), secrets.clone(), SIGNING_SECRET.to_owned()),
        mailer: mailer::Mailer::new(store.clone(), mails, config.sender_address.clone(), None),
        admin: admin::Admin::new(
            store.clone(),
            config.api_key_prefix.clone(),
            config.sender_address.is_some(),
            None,
        ),
    }
}

/// What `setup` does for a deployment's keys.
async fn publish(store: &Store, secrets: &SecretsManager, signer: &SigningKey) {
    let ring = KeyRing { keys: vec![signer.clone()] };
    let text = ring.to_json();
    let written: Value = serde_json::from_str(&text).expect("a ring is JSON");
    canary::note(written["keys"][0]["private"].as_str().expect("a private key"));
    secrets.set(SIGNING_SECRET, &text);
    let published = Published { base_url: BASE_URL.to_owned(), keys: ring.public(), version: 1 };
    assert_eq!(store.publish(&published, None).await.expect("an empty table"), Write::Done);
}
