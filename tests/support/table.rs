//! A table for one test: DynamoDB on SQLite, in memory, reached by the real SDK over loopback.
//!
//! Its definition is read from `infra/template.yaml`, so that the tests' table and AWS's cannot drift.

use super::wire::Wire;
use auth::{ids::KeyId, records::StoredKey};
use aws_sdk_dynamodb::{
    Client,
    config::{self, BehaviorVersion, Credentials, Region, retry::RetryConfig, timeout::TimeoutConfig},
    types::{AttributeValue, PutRequest, WriteRequest},
};
use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use bench::meter::Meter;
use dynoxide::Database;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
    time::Duration,
};

/// A table, and how to reach it.
pub(crate) struct TestTable {
    /// The store on it, through `wire`.
    pub(crate) store: store::Store,
    /// The SDK on it, past `wire`: what a test looks at or spoils shows in no count.
    pub(crate) client: Client,
    /// Its name.
    pub(crate) name: String,
    /// Where it is served, for clients that are made elsewhere.
    pub(crate) endpoint: String,
    /// What passes between `store` and the table.
    pub(crate) wire: Wire,
    /// What that costs.
    pub(crate) meter: Meter,
}

/// The whole table, past the wire.
pub(crate) struct Past {
    client: Client,
    table: String,
}

/// An item as it stands in the table.
pub(crate) type RawItem = HashMap<String, AttributeValue>;

const NAME: &str = "qarion";

/// A new, empty table. It lives as long as the test's runtime.
pub(crate) async fn table() -> TestTable {
    let database = Database::memory().unwrap();
    database.create_table(serde_json::from_value(definition().clone()).unwrap()).unwrap();
    table_in(database).await
}

/// The table of a database that has one.
pub(crate) async fn table_in(database: Database) -> TestTable {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, database));

    let meter = Meter::new(Builder::new().build_http());
    let wire = Wire::new(SharedHttpClient::new(meter.clone()));
    let through = config(&endpoint).http_client(wire.clone()).build();
    let past = config(&endpoint).http_client(Builder::new().build_http()).build();
    TestTable {
        store: store::Store::new(Client::from_conf(through), NAME).directly(credentials(), Some(&endpoint)),
        client: Client::from_conf(past),
        name: NAME.to_owned(),
        endpoint,
        wire,
        meter,
    }
}

impl Past {
    /// Every item by its key, written out so that equal items are equal text.
    pub(crate) async fn items(&self) -> BTreeMap<(String, String), String> {
        let items = self.raw_items().await.into_iter();
        items
            .map(|item| {
                let key = |name| item[name].as_s().unwrap().clone();
                ((key("pk"), key("sk")), written(&AttributeValue::M(item)))
            })
            .collect()
    }

    /// Puts an item, whatever is there.
    pub(crate) async fn put(&self, item: RawItem) {
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await.unwrap();
    }

    /// A store past the wire.
    pub(crate) fn store(&self) -> store::Store {
        store::Store::new(self.client.clone(), &self.table)
    }

    /// Every item.
    pub(crate) async fn raw_items(&self) -> Vec<RawItem> {
        let (mut items, mut after) = (Vec::new(), None);
        loop {
            let scan = self.client.scan().table_name(&self.table).set_exclusive_start_key(after);
            let page = scan.send().await.unwrap();
            items.extend(page.items.unwrap_or_default());
            after = page.last_evaluated_key;
            if after.is_none() {
                return items;
            }
        }
    }
}

/// A value in words, a map in the order of its names.
fn written(value: &AttributeValue) -> String {
    match value {
        AttributeValue::M(map) => {
            let sorted: BTreeMap<_, _> = map.iter().map(|(name, value)| (name, written(value))).collect();
            format!("{sorted:?}")
        }
        AttributeValue::L(list) => format!("{:?}", list.iter().map(written).collect::<Vec<_>>()),
        other => format!("{other:?}"),
    }
}

/// The SDK as the functions have it, with pauses that suit a test.
fn config(endpoint: &str) -> config::Builder {
    let retries = RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(1));
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(5)).build();
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(credentials())
        .endpoint_url(endpoint)
        .retry_config(retries)
        .timeout_config(timeouts)
}

fn credentials() -> Credentials {
    Credentials::new("test", "test", None, None, "test")
}

impl TestTable {
    /// As if nobody had set up a deployment here.
    pub(crate) async fn forget_signing_keys(&self) {
        let key = |text: &str| AttributeValue::S(text.to_owned());
        let forget =
            self.client.delete_item().table_name(&self.name).key("pk", key("JWKS")).key("sk", key("JWKS"));
        forget.send().await.unwrap();
    }

    /// A store on the wire that has the SDK alone, as most functions have it.
    pub(crate) fn store_by_sdk(&self) -> store::Store {
        let config = self.client.config().to_builder().http_client(self.wire.clone());
        store::Store::new(Client::from_conf(config.build()), &self.name)
    }

    /// All of it, for who looks at the whole.
    pub(crate) fn past(&self) -> Past {
        Past { client: self.client.clone(), table: self.name.clone() }
    }

    /// The item as it is.
    pub(crate) async fn item(&self, pk: &str, sk: &str) -> Option<HashMap<String, AttributeValue>> {
        let key = HashMap::from([
            ("pk".to_owned(), AttributeValue::S(pk.to_owned())),
            ("sk".to_owned(), AttributeValue::S(sk.to_owned())),
        ]);
        let read = self.client.get_item().table_name(&self.name).set_key(Some(key)).consistent_read(true);
        read.send().await.unwrap().item
    }

    /// Puts an item, whatever is there.
    pub(crate) async fn put(&self, item: HashMap<String, AttributeValue>) {
        self.client.put_item().table_name(&self.name).set_item(Some(item)).send().await.unwrap();
    }

    /// Puts copies of a key that is in the table, under these ids. Much faster than to make a thousand.
    pub(crate) async fn put_copies(&self, key: &StoredKey, ids: impl IntoIterator<Item = u64>) {
        let sk = |id| AttributeValue::S(format!("KEY#{id}"));
        let item = self.item(&format!("USER#{}", key.user), &format!("KEY#{}", key.id)).await.unwrap();
        let copies: Vec<_> = ids
            .into_iter()
            .map(|bits| {
                let mut copy = item.clone();
                copy.insert("sk".to_owned(), sk(KeyId::from_bits(bits)));
                let put = PutRequest::builder().set_item(Some(copy)).build().unwrap();
                WriteRequest::builder().put_request(put).build()
            })
            .collect();
        for some in copies.chunks(25) {
            let written = self.client.batch_write_item().request_items(&self.name, some.to_vec());
            assert!(written.send().await.unwrap().unprocessed_items.unwrap_or_default().is_empty());
        }
    }
}

/// `CreateTable`'s input: the template's words for it are the same.
fn definition() -> &'static Value {
    static DEFINITION: LazyLock<Value> = LazyLock::new(|| {
        let table = template_table();
        let indexes: Vec<Value> = table["GlobalSecondaryIndexes"]
            .as_sequence()
            .unwrap()
            .iter()
            .map(|index| only(index, &["IndexName", "KeySchema", "Projection"]))
            .collect();
        let mut definition = only(&table, &["AttributeDefinitions", "KeySchema", "BillingMode"]);
        definition["TableName"] = json!(NAME);
        definition["GlobalSecondaryIndexes"] = json!(indexes);
        definition
    });
    &DEFINITION
}

/// `infra/template.yaml`.
pub(crate) fn template() -> serde_norway::Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/template.yaml");
    serde_norway::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The properties of the table in the template.
pub(crate) fn template_table() -> serde_norway::Value {
    template()["Resources"]["Table"]["Properties"].clone()
}

/// These members, which have to be plain: no tag such as `!If` stands in them.
fn only(value: &serde_norway::Value, names: &[&str]) -> Value {
    let plain = |name: &&str| ((*name).to_owned(), serde_norway::from_value(value[*name].clone()).unwrap());
    Value::Object(names.iter().map(plain).collect::<Map<_, _>>())
}
