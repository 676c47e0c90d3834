//! The functions' roles, as `infra/template.yaml` gives them: a function that runs [`within`] its role fails the
//! test with the first call that the role does not permit. The local cloud permits everything.
//!
//! What is used is written down, so that after all tests of a run [`no_permission_is_unused`]. What Lambda itself does by a
//! role (logs, traces, the stream, failed batches) no function calls, and is not looked at here.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html>

use super::{
    table::{table, template},
    told,
    wire::Call,
};
use auth::ids::{SessionId, UserId};
use serde_json::Value;
use serde_norway::Value as Yaml;
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fs::{self, File},
    future::Future,
    io::Write as _,
    sync::{LazyLock, Mutex},
};

tokio::task_local! {
    /// The stem of the function that runs, and whether what it uses is written down.
    static RUNNING: (String, bool);
}

/// What each function may do to the table, by its stem.
static ROLES: LazyLock<BTreeMap<String, Vec<Statement>>> = LazyLock::new(|| read(statement));
/// What each function may do to secrets and mails.
static OTHERS: LazyLock<BTreeMap<String, Vec<Vec<String>>>> = LazyLock::new(|| read(other));

/// Where a test run writes down which permissions it used.
const USED: &str = "QARION_PERMISSIONS";
/// Those of this process.
static NOTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// One permission.
struct Statement {
    actions: Vec<String>,
    /// Whether it is for the index, and not for the table.
    index: bool,
    /// Partitions, in which `*` is any text.
    partitions: Vec<String>,
    /// The only attributes that it is for; `None` is any.
    attributes: Option<BTreeSet<String>>,
}

/// What one part of a request does.
struct Deed<'a> {
    action: &'static str,
    /// Whether it asks the index.
    index: bool,
    partition: &'a str,
    /// The attributes that a read names; `None` is all.
    attributes: Option<BTreeSet<String>>,
}

/// Runs a function, by its stem, with the permissions of its role.
pub(crate) async fn within<T>(stem: &str, work: impl Future<Output = T>) -> T {
    RUNNING.scope((stem.to_owned(), true), work).await
}

/// Fails where the function that runs may not make this call.
pub(crate) fn require(call: &Call) {
    let Ok((stem, noted)) = RUNNING.try_with(Clone::clone) else { return };
    told::require(&stem, call);
    let role = ROLES.get(&stem).unwrap_or_else(|| panic!("infra/template.yaml has no {stem}Role"));
    for deed in deeds(call) {
        let used: Vec<_> = role.iter().flat_map(|statement| statement.permitting(&deed)).collect();
        // The kind of partition, without whose it is.
        let kind = deed.partition.split('#').next().unwrap_or_default();
        assert!(!used.is_empty(), "{stem}Role does not permit {} on {kind}", deed.action);
        used.into_iter()
            .filter(|_| noted)
            .for_each(|pattern| note(permission(&stem, deed.action, deed.index, pattern)));
    }
}

/// Fails where the function that runs may not do this, such as `ses:SendEmail`.
pub(crate) fn require_action(action: &str) {
    let Ok((stem, _)) = RUNNING.try_with(Clone::clone) else { return };
    let permits = OTHERS[&stem].iter().flatten().any(|it| it == action);
    assert!(permits, "{stem}Role does not permit {action}");
    note(format!("{stem} {action}"));
}

fn permission(stem: &str, action: &str, index: bool, pattern: &str) -> String {
    format!("{stem} {action} {}{pattern}", if index { "in the index " } else { "" })
}

/// Writes down that a permission is used, once in a process.
fn note(permission: String) {
    let Ok(path) = env::var(USED) else { return };
    let line = format!("{permission}\n");
    if NOTED.lock().unwrap().insert(permission) {
        // One write, so that lines of several processes do not mix.
        File::options().append(true).open(path).unwrap().write_all(line.as_bytes()).unwrap();
    }
}

/// Every permission of every function.
fn permissions() -> BTreeSet<String> {
    let of_table = ROLES.iter().flat_map(|(stem, role)| role.iter().map(move |it| (stem, it)));
    let of_table = of_table.flat_map(|(stem, statement)| {
        let both = statement
            .actions
            .iter()
            .flat_map(|action| statement.partitions.iter().map(move |it| (action, it)));
        both.map(|(action, pattern)| {
            permission(stem, action.trim_start_matches("dynamodb:"), statement.index, pattern)
        })
    });
    let others =
        OTHERS.iter().flat_map(|(stem, role)| role.iter().flatten().map(move |it| format!("{stem} {it}")));
    of_table.chain(others).collect()
}

impl Statement {
    /// The patterns by which it permits this.
    fn permitting<'a>(&'a self, deed: &Deed<'_>) -> Vec<&'a str> {
        let action = self.actions.iter().any(|it| it.strip_prefix("dynamodb:") == Some(deed.action));
        let attributes = match (&self.attributes, &deed.attributes) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(allowed), Some(named)) => named.is_subset(allowed),
        };
        if !action || !attributes || self.index != deed.index {
            return Vec::new();
        }
        let patterns = self.partitions.iter().map(String::as_str);
        patterns.filter(|pattern| like(pattern, deed.partition)).collect()
    }
}

/// `StringLike` of IAM, whose `*` is any text. No pattern of ours has its `?`.
fn like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices().any(|(at, _)| like(after, &rest[at..])) || like(after, "")
        }),
    }
}

fn deeds(call: &Call) -> Vec<Deed<'_>> {
    let body = &call.body;
    match &*call.operation {
        "GetItem" => vec![Deed { attributes: named(body), ..deed("GetItem", &body["Key"]) }],
        "PutItem" => vec![deed("PutItem", &body["Item"])],
        "UpdateItem" => vec![deed("UpdateItem", &body["Key"])],
        "DeleteItem" => vec![deed("DeleteItem", &body["Key"])],
        "Query" => vec![Deed {
            action: "Query",
            index: body.get("IndexName").is_some(),
            partition: queried(body),
            attributes: None,
        }],
        "BatchGetItem" => {
            let tables = body["RequestItems"].as_object().expect("tables").values();
            let keys =
                tables.flat_map(|it| it["Keys"].as_array().expect("keys").iter().map(move |key| (it, key)));
            keys.map(|(table, key)| Deed { attributes: named(table), ..deed("BatchGetItem", key) }).collect()
        }
        "TransactWriteItems" => {
            let parts = body["TransactItems"].as_array().expect("parts").iter();
            parts.map(part).collect()
        }
        other => panic!("no function may {other}"),
    }
}

fn deed<'a>(action: &'static str, key: &'a Value) -> Deed<'a> {
    Deed { action, index: false, partition: key["pk"]["S"].as_str().expect("a partition"), attributes: None }
}

fn part(part: &Value) -> Deed<'_> {
    const KINDS: [(&str, &str, &str); 4] = [
        ("Put", "PutItem", "Item"),
        ("Update", "UpdateItem", "Key"),
        ("Delete", "DeleteItem", "Key"),
        ("ConditionCheck", "ConditionCheckItem", "Key"),
    ];
    let (kind, action, key) =
        KINDS.into_iter().find(|(kind, ..)| part.get(kind).is_some()).expect("a part of a known kind");
    deed(action, &part[kind][key])
}

/// The partition of a query, whose condition begins with it.
fn queried(body: &Value) -> &str {
    let condition = body["KeyConditionExpression"].as_str().expect("a condition");
    let value = condition.split_whitespace().find(|word| word.starts_with(':')).expect("a value");
    body["ExpressionAttributeValues"][value.trim_end_matches([')', ','])]["S"].as_str().expect("a partition")
}

/// The attributes that a read names. The key's own count as named.
fn named(body: &Value) -> Option<BTreeSet<String>> {
    let projection = body["ProjectionExpression"].as_str()?;
    let names = projection.split(',').map(|name| {
        let name = name.trim();
        body["ExpressionAttributeNames"][name].as_str().unwrap_or(name).to_owned()
    });
    Some(names.chain(["pk".to_owned(), "sk".to_owned()]).collect())
}

fn read<T>(statement: fn(&Yaml) -> Option<T>) -> BTreeMap<String, Vec<T>> {
    let template = template();
    let resources = template["Resources"].as_mapping().expect("resources");
    let roles = resources.iter().filter(|(_, it)| it["Type"] == "AWS::IAM::Role");
    roles
        .map(|(name, role)| {
            let stem = name.as_str().and_then(|it| it.strip_suffix("Role")).expect("a role is of a function");
            let policies = role["Properties"]["Policies"].as_sequence().expect("policies");
            let statements = policies
                .iter()
                .flat_map(|it| it["PolicyDocument"]["Statement"].as_sequence().expect("statements"));
            (stem.to_owned(), statements.filter_map(statement).collect())
        })
        .collect()
}

/// A statement about the table or its index; others are about something else.
fn statement(statement: &Yaml) -> Option<Statement> {
    let Yaml::Tagged(resource) = &statement["Resource"] else { return None };
    let table = resource.tag == "GetAtt" && resource.value == "Table.Arn";
    let index = resource.tag == "Sub" && resource.value == "${Table.Arn}/index/gsi1";
    if !table && !index {
        return None;
    }
    let condition = &statement["Condition"];
    let attributes = &condition["ForAllValues:StringEquals"]["dynamodb:Attributes"];
    Some(Statement {
        actions: texts(&statement["Action"]),
        index,
        partitions: texts(&condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]),
        attributes: (!attributes.is_null()).then(|| texts(attributes).into_iter().collect()),
    })
}

/// The actions of a statement about secrets or mails.
fn other(statement: &Yaml) -> Option<Vec<String>> {
    // One with a condition on the stack's parameters stands in an `If`.
    let statement = match statement {
        Yaml::Tagged(it) if it.tag == "If" => &it.value[1],
        other => other,
    };
    let ours = |it: &String| it.starts_with("secretsmanager:") || it.starts_with("ses:");
    let actions: Vec<_> = texts(&statement["Action"]).into_iter().filter(ours).collect();
    (!actions.is_empty()).then_some(actions)
}

fn texts(value: &Yaml) -> Vec<String> {
    match value {
        Yaml::Sequence(list) => list.iter().map(|it| it.as_str().expect("text").to_owned()).collect(),
        one => vec![one.as_str().expect("text").to_owned()],
    }
}

/// After every other test of a run.
#[test]
#[ignore = "the last step of `cargo xtask test`"]
fn no_permission_is_unused() {
    let used = fs::read_to_string(env::var(USED).expect("a run that wrote them down")).unwrap();
    let used: BTreeSet<_> = used.lines().map(str::to_owned).collect();
    let unused: Vec<_> = permissions().difference(&used).cloned().collect();
    assert!(unused.is_empty(), "no test needs\n{}", unused.join("\n"));
}

#[tokio::test]
async fn a_call_that_a_role_does_not_permit_fails_the_test() {
    let store = table().await.store;
    let (user, session) = (UserId::from_bits(1), SessionId::from_bits(2));
    let asks = |what: &'static str| {
        let store = store.clone();
        async move {
            match what {
                "profile" => store.user(user).await.map(|_| ()),
                "hash" => store.password(user).await.map(|_| ()),
                "version of a password" => store.password_version(user).await.map(|_| ()),
                "end of a session" => store.end_session(user, session).await,
                other => panic!("{other}"),
            }
        }
    };
    for (stem, what, permitted) in [
        ("UsersMe", "profile", true),
        ("Catalog", "profile", false),
        ("Mailer", "hash", false),
        ("Mailer", "version of a password", true),
        ("Sessions", "end of a session", true),
        ("Login", "end of a session", false),
    ] {
        let done = tokio::spawn(RUNNING.scope((stem.to_owned(), false), asks(what))).await;
        assert_eq!(done.is_ok(), permitted, "{stem}: {what}");
    }
}

#[test]
fn a_pattern_of_a_partition_is_taken_as_iam_takes_it() {
    let days = "ORG#org_1#USAGE#key#0";
    for (pattern, text, matches) in [
        ("JWKS", "JWKS", true),
        ("JWKS", "JWKS#1", false),
        ("USER#*", "USER#usr_1", true),
        ("USER#*", "USER", false),
        ("ORG#*#USAGE#*", days, true),
        ("ORG#*#USAGE#*", "ORG#org_1", false),
        ("ORG#*#USAGE#*", "ORG#org_1#3", false),
        ("*", "", true),
    ] {
        assert_eq!(like(pattern, text), matches, "{pattern} {text}");
    }
}
