//! Parameters of paths that name nothing, however a gateway found their route, and routes that are wired wrongly. Tricks
//! with paths are in [`crate::corpus`].

use crate::support::{
    Answer, Call, World,
    document::{DOCUMENT, Integration, Operation, Routed},
    event, in_process,
};
use serde_json::json;

/// However a gateway came to find an operation for a path: what can name nothing is refused without a read,
/// and no Allow ever holds a wildcard, which the gateway of the tests checks.
#[tokio::test]
async fn a_parameter_that_can_name_nothing_is_refused_and_only_a_good_credential_learns_it() {
    let world = in_process!("hands the authorizer events that no gateway sent");
    let tenant = world.tenant().await;
    world.space(&tenant, "north").await;
    let (session, key) = (world.session(&tenant.admin).await, world.key(&tenant.admin).await);
    let revoked = world.key_with(&tenant.admin, |key| key.revoked_at = Some(key.created_at)).await;
    world.call(Call::get("/users/me").bearer(&session.token)).await.expect(200);
    for operation in DOCUMENT.protected().filter(|it| it.template.contains('{')) {
        for value in [
            "*",
            "?",
            "nort*",
            "n?rth",
            "..",
            ".",
            "",
            " ",
            "north ",
            "north/",
            "a/b",
            "a\\b",
            "nörth",
            "north\0",
            "key_*",
            "key_0000000000?",
            "prd_00000000000*",
        ] {
            for credential in [&session.token, &key.text, &revoked.text] {
                world.deployment().take();
                let answer = with_each_parameter(&world, operation, value, credential).await;
                if *credential == revoked.text {
                    answer.is_unauthorized();
                } else {
                    answer.is_forbidden();
                }
                let asked = world.deployment().take();
                assert!(asked.len() == 1, "the credential is read, and nothing else: {asked:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_parameter_that_could_be_a_name_and_is_none_finds_nothing_and_writes_nothing() {
    let world = in_process!("hands the authorizer events that no gateway sent");
    let tenant = world.tenant().await;
    let (session, key) = (world.session(&tenant.admin).await, world.key(&tenant.admin).await);
    let revoked = world.key_with(&tenant.admin, |key| key.revoked_at = Some(key.created_at)).await;
    for operation in DOCUMENT.protected().filter(|it| it.template.contains('{')) {
        for value in ["North", "usr_", "usr_zzzzzzzzzzz", "key_-0000000000", &"a".repeat(64)] {
            for credential in [&session.token, &key.text, &revoked.text] {
                world.deployment().take();
                let answer = with_each_parameter(&world, operation, value, credential).await;
                if *credential == revoked.text {
                    answer.is_unauthorized();
                } else {
                    // A body that is missing may be missed first.
                    let refused = matches!(answer.status, 403 | 404 | 415);
                    assert!(refused, "{} {value}: {}", operation.name(), answer.status);
                }
                let asked = world.deployment().take();
                let reads = ["BatchGetItem", "GetItem", "Query"];
                assert!(
                    asked.iter().all(|it| reads.contains(&&**it)),
                    "{} {value}: {asked:?}",
                    operation.name()
                );
            }
        }
    }
}

async fn with_each_parameter(world: &World, operation: &Operation, value: &str, credential: &str) -> Answer {
    let names = operation.template.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    let parameters: Vec<_> = names.map(|name| (name.to_owned(), value.to_owned())).collect();
    let path = parameters
        .iter()
        .fold(operation.template.clone(), |path, (name, _)| path.replace(&format!("{{{name}}}"), value));
    let routed = Routed { operation, parameters };
    let call = Call::new(&operation.method, path).bearer(credential);
    let deployment = world.deployment();
    deployment.gateway.route(&call, &routed, &mut || deployment.ambient()).await
}

#[tokio::test]
async fn a_function_without_the_authorizer_s_context_is_closed() {
    let world = in_process!("hands functions events that no gateway sent");
    for operation in DOCUMENT.protected() {
        let Integration::Function(function) = &operation.integration else { panic!("{}", operation.name()) };
        let routed = Routed {
            operation,
            parameters: vec![
                ("space".to_owned(), "north".to_owned()),
                ("id".to_owned(), "key_00000000000".to_owned()),
                ("product".to_owned(), "prd_00000000000".to_owned()),
            ],
        };
        let call =
            Call::new(&operation.method, &operation.template).bearer("junk").json(json!({"name": "x"}));
        for context in [
            None,
            Some(json!({})),
            Some(json!({"principalId": "usr_00000000000", "user_id": "usr_00000000000"})),
        ] {
            let deployment = world.deployment();
            deployment.take();
            let event = event::proxy(&call, &routed, context);
            let answer = deployment.gateway.invoke(function, &event, &mut deployment.ambient()).await;
            answer.is_error(500, "Internal error");
            assert_eq!(world.deployment().take(), [""; 0], "{}", operation.name());
        }
    }
}
