//! The consumer of the log: a batch that fails is an error of the function, so that Lambda brings it again and at
//! last keeps it, and whatever was written of it by then, it counts once.

use super::{KINDS, MOST_CALLS};
use crate::{
    support::{World, in_process, in_process::Patience},
    usage::{batch, line},
};
use std::sync::atomic::Ordering;
use time::OffsetDateTime;
use usage::{Event, UsageError};

/// More than a transaction takes, and more than a read takes.
const KEYS: u64 = 120;

fn lines(now: OffsetDateTime) -> Event {
    let lines: Vec<_> = (0..KEYS).map(|key| (line(key, "/users/me", "192.0.2.1").to_string(), now)).collect();
    batch(&lines)
}

/// What each key and the organization have, where every line counts so many times.
async fn is_counted(world: &World, times: u64, what: &str) {
    let now = world.deployment().now();
    let counted = world.allowed(KEYS - 1, now).await;
    assert_eq!(counted, (times, times * KEYS, times * KEYS), "{what}");
}

#[tokio::test]
async fn a_batch_fails_with_whatever_call_fails_for_good_and_counts_once_when_it_comes_again() {
    for (kind, fault) in KINDS {
        for number in 1..MOST_CALLS {
            let world = in_process!("injects faults", Patience::None);
            let event = lines(world.deployment().now());
            let broken = world.deployment().breaks(number, true, fault);
            let first = world.count(&event).await;
            let what = format!("{kind} from call {number} on: {first:?}");
            if broken.load(Ordering::Relaxed) == 0 {
                assert!(number > 1 && first.is_ok(), "{what}");
                world.deployment().mend();
                is_counted(&world, 1, &what).await;
                break;
            }
            // As often as Lambda brings it while nothing gets better.
            assert!(matches!(first, Err(UsageError::Store(_))), "{what}");
            for _ in 0..2 {
                assert!(matches!(world.count(&event).await, Err(UsageError::Store(_))), "{what}");
            }
            world.deployment().mend();
            let again = world.count(&event).await.unwrap();
            is_counted(&world, 1, &what).await;
            let last = world.count(&event).await.unwrap();
            assert_eq!((last.written, last.before), (0, again.written + again.before), "{what}");
            is_counted(&world, 1, &what).await;
        }
    }
}

#[tokio::test]
async fn a_fault_that_passes_fails_no_batch_and_it_counts_once() {
    for (kind, fault) in
        KINDS.into_iter().filter(|(kind, _)| matches!(*kind, "500" | "answer lost" | "unprocessed"))
    {
        for number in 1..MOST_CALLS {
            let world = in_process!("injects faults", Patience::Usual);
            let broken = world.deployment().breaks(number, false, fault);
            let counted = world.count(&lines(world.deployment().now())).await;
            world.deployment().mend();
            let what = format!("{kind} of call {number}: {counted:?}");
            assert!(counted.is_ok_and(|it| it.before == 0), "{what}");
            is_counted(&world, 1, &what).await;
            if broken.load(Ordering::Relaxed) == 0 {
                break;
            }
        }
    }
}
