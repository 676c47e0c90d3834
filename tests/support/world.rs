//! The system under test, through its public door.
//!
//! Without more said it is a deployment inside the test. Where `QARION_STACK` names a `stack.json`, the same
//! tests call the system that it describes over HTTP and seed through its DynamoDB; each test makes an
//! organization of its own, so that none disturbs another.

use super::{
    call::{Answer, Call},
    check,
    http::Http,
    in_process::{InProcess, Patience},
    table::TestTable,
};
use auth::api_key::Prefix;
use edge::{Config, clients, config::AwsCredentials};
use rand::{SeedableRng, rngs::StdRng};
use serde_json::Value;
use std::{env, fs, sync::Mutex};
use store::Store;
use time::{Duration, OffsetDateTime};

/// The system, and a generator for what the tests make in it.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) prefix: Prefix,
    pub(crate) rng: Mutex<StdRng>,
    backend: Backend,
}

enum Backend {
    InProcess(Box<InProcess>),
    Live(Http),
}

/// Ends a test that can only be true inside one process, where another system is under test.
macro_rules! in_process {
    ($why:literal) => {
        in_process!($why, $crate::support::in_process::Patience::Usual)
    };
    ($why:literal, $patience:expr) => {
        match $crate::support::World::in_process($patience).await {
            Some(world) => world,
            None => {
                println!("not run against a running system: {}", $why);
                return;
            }
        }
    };
}
pub(crate) use in_process;

impl World {
    /// The system that the environment names.
    pub(crate) async fn new() -> Self {
        assert!(env::var_os("QARION_URL").is_none(), "with QARION_URL, run the tests of `smoke::` only");
        match env::var_os("QARION_STACK") {
            Some(path) => Self::live(&fs::read_to_string(path).expect("stack.json can be read")),
            None => Self::of(InProcess::new(Patience::Usual).await),
        }
    }

    /// The system that `QARION_URL` names, of which nothing but the address is known; elsewhere as
    /// [`World::new`].
    pub(crate) async fn deployed() -> Self {
        match env::var("QARION_URL") {
            Ok(url) => Self::at(&url, config("none".to_owned(), "http://127.0.0.1:9".to_owned())),
            Err(_) => Self::new().await,
        }
    }

    /// A deployment inside the test that nobody has set up yet.
    pub(crate) async fn not_set_up() -> Option<Self> {
        if env::var_os("QARION_STACK").is_some() || env::var_os("QARION_URL").is_some() {
            return None;
        }
        Some(Self::of(InProcess::not_set_up(Patience::None).await))
    }

    /// A deployment inside the test; `None` where the environment names another. Through [`in_process!`].
    pub(crate) async fn in_process(patience: Patience) -> Option<Self> {
        if env::var_os("QARION_STACK").is_some() || env::var_os("QARION_URL").is_some() {
            return None;
        }
        Some(Self::of(InProcess::new(patience).await))
    }

    /// A deployment inside the test, on this table, which may have been used before: other ids each time.
    pub(crate) async fn on(table: TestTable) -> Self {
        Self { rng: Mutex::new(rand::make_rng()), ..Self::of(InProcess::set_up_on(table).await) }
    }

    fn of(deployment: InProcess) -> Self {
        Self {
            store: deployment.store.clone(),
            prefix: Prefix::default(),
            // Not one of the seeds of the functions, which count from 1.
            rng: Mutex::new(StdRng::from_seed([7; 32])),
            backend: Backend::InProcess(Box::new(deployment)),
        }
    }

    fn live(stack: &str) -> Self {
        let stack: Value = serde_json::from_str(stack).expect("stack.json is JSON");
        let text = |name: &str| stack[name].as_str().map(str::to_owned);
        let table = text("table").expect("stack.json has `table`");
        let endpoint = text("aws_endpoint_url").expect("stack.json has `aws_endpoint_url`");
        Self::at(&text("url").expect("stack.json has `url`"), config(table, endpoint))
    }

    #[allow(clippy::needless_pass_by_value, reason = "it is made for this")]
    fn at(url: &str, config: Config) -> Self {
        let http = clients::http_client(&config).expect("an HTTP client");
        Self {
            store: Store::new(clients::dynamodb(&config, http), &config.table),
            prefix: Prefix::default(),
            rng: Mutex::new(rand::make_rng()),
            backend: Backend::Live(Http::new(url)),
        }
    }

    /// The answer to a request, whatever it is: for requests that the document knows nothing of.
    pub(crate) async fn raw_call(&self, call: &Call) -> Answer {
        match &self.backend {
            Backend::InProcess(deployment) => deployment.call(call).await,
            Backend::Live(http) => http.call(call).await,
        }
    }

    /// The answer to a request; fails unless the document has said that it may come.
    pub(crate) async fn call(&self, call: Call) -> Answer {
        let answer = self.raw_call(&call).await;
        check::answer(&call, &answer);
        answer
    }

    /// The time as the system sees it.
    pub(crate) fn now(&self) -> OffsetDateTime {
        match &self.backend {
            Backend::InProcess(deployment) => deployment.now(),
            Backend::Live(_) => OffsetDateTime::now_utc(),
        }
    }

    /// The deployment inside the test, of a test that said [`in_process!`].
    pub(crate) fn deployment(&self) -> &InProcess {
        match &self.backend {
            Backend::InProcess(deployment) => deployment,
            Backend::Live(_) => panic!("this test has to say `in_process!`"),
        }
    }

    /// The deployment inside the test, as deployed without an address that mails come from.
    pub(crate) fn without_sender(mut self) -> Self {
        match &mut self.backend {
            Backend::InProcess(deployment) => deployment.without_sender(),
            Backend::Live(_) => panic!("this test has to say `in_process!`"),
        }
        self
    }

    /// Begins every function of the deployment inside the test anew.
    pub(crate) fn restart(&mut self) {
        match &mut self.backend {
            Backend::InProcess(deployment) => deployment.restart(),
            Backend::Live(_) => panic!("this test has to say `in_process!`"),
        }
    }

    /// The deployment inside the test, whose requests import for so long and leave the rest to the next one.
    pub(crate) fn importing_for(mut self, budget: std::time::Duration) -> Self {
        match &mut self.backend {
            Backend::InProcess(deployment) => deployment.importing_for(budget),
            Backend::Live(_) => panic!("this test has to say `in_process!`"),
        }
        self
    }

    /// The deployment inside the test, whose requests delete for so long and leave the rest to the next one.
    pub(crate) fn deleting_spaces_for(mut self, budget: std::time::Duration) -> Self {
        match &mut self.backend {
            Backend::InProcess(deployment) => deployment.deleting_spaces_for(budget),
            Backend::Live(_) => panic!("this test has to say `in_process!`"),
        }
        self
    }

    /// The deployment inside the test, all of whose functions are new processes.
    pub(crate) fn restarted(mut self) -> Self {
        match &mut self.backend {
            Backend::InProcess(deployment) => deployment.restart(),
            Backend::Live(_) => panic!("this test has to say `in_process!`"),
        }
        self
    }

    /// The deployment inside the test, with nobody at the services' address.
    pub(crate) async fn unreachable(mut self, behind_authorizer: bool) -> Self {
        match &mut self.backend {
            Backend::InProcess(deployment) => deployment.unreachable(behind_authorizer).await,
            Backend::Live(_) => panic!("this test has to say `in_process!`"),
        }
        self
    }

    /// Whether it is a deployment inside the test.
    pub(crate) fn is_in_process(&self) -> bool {
        matches!(self.backend, Backend::InProcess(_))
    }

    /// Moves the clock of a deployment inside the test.
    pub(crate) fn pass(&self, time: Duration) {
        self.deployment().pass(time);
    }
}

/// How the tables of a running system are reached.
fn config(table: String, endpoint: String) -> Config {
    Config {
        table,
        signing_secret: None,
        first_admin_secret: None,
        api_key_prefix: Prefix::default(),
        allowed_origin: None,
        sender_address: None,
        password_reset_page: None,
        audit_days: None,
        release: "tests".to_owned(),
        region: "us-east-1".to_owned(),
        endpoint: Some(endpoint),
        ca_bundle: None,
        credentials: AwsCredentials::new("test", "test", None),
    }
}
