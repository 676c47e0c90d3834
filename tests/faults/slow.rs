//! A table that is slow: each of its answers comes so much later.

use super::{ONE_OF_EACH, Scene, cases::case, is_failure};
use crate::support::{World, in_process::Patience, wire::Fault};
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

/// Inside the time that an attempt at a call has, and beyond it: see `edge::clients`.
const IN_TIME: Duration = Duration::from_millis(700);
const TOO_LATE: Duration = Duration::from_millis(1300);
/// What a function behind the gateway has at least, and what it has together with the authorizer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What is answered where each answer of the table comes so late; then what the same request is answered afterwards.
async fn ask(name: &'static str, late: Duration) -> Option<(u16, u16, u16)> {
    let scene = Scene::new(World::in_process(Patience::Usual).await?).await;
    let case = Box::pin(case(&scene, name)).await;
    let deployment = scene.world.deployment();
    deployment.wire.breaks(move |_| Some(Fault::Late(late)));
    let begun = Instant::now();
    let answer = Box::pin(scene.world.call(case.call.clone())).await;
    assert!(begun.elapsed() < TIMEOUT + Duration::from_secs(5), "{name}: {:?}", begun.elapsed());
    deployment.mend();
    if answer.status != case.status {
        is_failure(name, &answer);
    }
    let again = Box::pin(scene.world.call(case.call)).await;
    Some((case.status, answer.status, again.status))
}

async fn all(late: Duration) -> Vec<(&'static str, (u16, u16, u16))> {
    let local = LocalSet::new();
    let asked: Vec<_> = ONE_OF_EACH.iter().map(|name| (*name, local.spawn_local(ask(name, late)))).collect();
    local.await;
    let mut answers = Vec::new();
    for (name, answer) in asked {
        if let Some(answer) = answer.await.unwrap() {
            answers.push((name, answer));
        }
    }
    answers
}

#[tokio::test]
async fn a_slow_table_is_waited_for_or_is_a_failure_and_nothing_in_between() {
    for (name, (usual, slow, again)) in all(IN_TIME).await {
        // Those that make the most calls come to the end of what a request may take.
        assert!(slow == usual || slow == 503, "{name}: {slow}");
        assert!(again < 500, "{name}: {again} afterwards");
    }
}

#[tokio::test]
async fn a_table_whose_answers_come_too_late_is_a_failure_in_time_and_what_it_did_is_found() {
    for (name, (_, slow, again)) in all(TOO_LATE).await {
        assert_eq!(slow, 503, "{name}");
        assert!(again < 500, "{name}: {again} afterwards");
    }
}
