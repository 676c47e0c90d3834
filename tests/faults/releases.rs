//! Items that another release wrote, while both run: what an older one lacks is no fault, what a newer one keeps beside
//! what is known here stays where it is.

use super::{READS, Scene, WRITES, cases::case};
use crate::support::{in_process, table::RawItem};
use aws_sdk_dynamodb::types::AttributeValue;

/// An attribute that this release does not know.
const NEWER: &str = "of_a_newer_release";

/// What items of an earlier release lack, by where they stand.
const ADDED: [(&str, &[&str]); 4] = [
    ("KEY#", &["addresses", "forwarded_from", "forwarded_until"]),
    ("PASSWORD", &["attempts", "disabled_told", "failures", "known_addresses", "last", "not_before"]),
    (
        "POLICY",
        &[
            "addresses",
            "api_keys_allowed",
            "max_key_age_days",
            "refresh_absolute_seconds",
            "refresh_idle_seconds",
        ],
    ),
    ("SPACE#", &["deleting"]),
];

#[tokio::test]
async fn what_a_newer_release_keeps_in_an_item_stays_there_whatever_a_request_changes() {
    for (name, _) in WRITES {
        let scene = Scene::new(in_process!("looks into the table")).await;
        let case = Box::pin(case(&scene, name)).await;
        let deployment = scene.world.deployment();
        let kept = AttributeValue::S("kept".to_owned());
        let before = deployment.raw_items().await;
        for item in before.iter().cloned() {
            deployment.put(item.into_iter().chain([(NEWER.to_owned(), kept.clone())]).collect()).await;
        }
        let answer = Box::pin(scene.world.call(case.call)).await;
        assert_eq!(answer.status, case.status, "{name}");
        for item in deployment.raw_items().await {
            let was_there = before.iter().any(|it| is_at(it, &item));
            // A key that was moved is the same key in another place; where it was, it is no key any more.
            let is_moved = item.get("forwarded_from").is_some_and(AttributeValue::is_s);
            let is_way = item.contains_key("moved_to");
            if (was_there && !is_way) || is_moved {
                assert_eq!(item.get(NEWER), Some(&kept), "{name}: of {:?} {:?}", item["pk"], item["sk"]);
            }
        }
    }
}

#[tokio::test]
async fn every_request_is_served_on_items_of_an_earlier_release() {
    for (name, _) in READS.iter().chain(WRITES) {
        let scene = Scene::new(in_process!("looks into the table")).await;
        let case = Box::pin(case(&scene, name)).await;
        let deployment = scene.world.deployment();
        for mut item in deployment.raw_items().await {
            let sk = item["sk"].as_s().unwrap().clone();
            // A membership stands under the same sort key as its space, and lacks nothing.
            let lacks = ADDED.iter().find(|(start, _)| sk.starts_with(start)).map(|(_, lacks)| *lacks);
            // A key that was moved is of a release that knows where from.
            let is_moved =
                item.contains_key("moved_to") || item.get("forwarded_from").is_some_and(AttributeValue::is_s);
            for attribute in lacks.into_iter().flatten().filter(|_| !is_moved) {
                item.remove(*attribute);
            }
            deployment.put(item).await;
        }
        let answer = Box::pin(scene.world.call(case.call)).await;
        assert_eq!(answer.status, case.status, "{name}");
    }
}

fn is_at(a: &RawItem, b: &RawItem) -> bool {
    ["pk", "sk"].iter().all(|name| a[*name] == b[*name])
}
