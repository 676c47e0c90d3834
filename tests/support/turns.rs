//! Two requests at once, whose calls to the table are made in a given order: the same each time.

use std::{
    collections::VecDeque,
    future::Future,
    sync::{Arc, Mutex},
};
use tokio::sync::Notify;

tokio::task_local! {
    /// The turns that the running request takes part in, and which of the two it is.
    static PLAYER: (Arc<Turns>, bool);
}

/// Whose turn it is.
#[derive(Debug)]
pub(crate) struct Turns {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    /// Whose call is next: the first one's (`true`) or the second one's.
    order: VecDeque<bool>,
    /// Whose turn it is where the order is at its end.
    after: bool,
    /// Whether the first and the second have come to their ends.
    ended: [bool; 2],
}

impl State {
    fn next(&self) -> bool {
        let wanted = self.order.front().copied().unwrap_or(self.after);
        // Who has ended makes no more calls.
        if self.ended[usize::from(!wanted)] { !wanted } else { wanted }
    }
}

/// Runs both, with their calls in this order, and in turn after its end.
pub(crate) async fn in_turns<A, B>(
    order: &[bool],
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> (A, B) {
    let state = State { order: order.iter().copied().collect(), after: true, ended: [false; 2] };
    let turns = Arc::new(Turns { state: Mutex::new(state), changed: Notify::new() });
    let play = |first| (Arc::clone(&turns), first);
    let (first, second) = (PLAYER.scope(play(true), first), PLAYER.scope(play(false), second));
    let end = |first: bool| {
        turns.state.lock().unwrap().ended[usize::from(!first)] = true;
        turns.changed.notify_waiters();
    };
    tokio::join!(
        async {
            let answer = first.await;
            end(true);
            answer
        },
        async {
            let answer = second.await;
            end(false);
            answer
        },
    )
}

/// A call that waits for its turn and is done before the next one begins; at once where no turns are taken.
pub(crate) async fn in_turn<T>(player: Option<Player>, call: impl Future<Output = T>) -> T {
    let Some((turns, me)) = player else { return call.await };
    loop {
        let changed = turns.changed.notified();
        if turns.state.lock().unwrap().next() == me {
            break;
        }
        changed.await;
    }
    let done = call.await;
    {
        let mut state = turns.state.lock().unwrap();
        state.order.pop_front();
        state.after = !me;
    }
    turns.changed.notify_waiters();
    done
}

/// A request that takes part in turns.
pub(crate) type Player = (Arc<Turns>, bool);

/// The running request, if it takes part in turns.
pub(crate) fn player() -> Option<Player> {
    PLAYER.try_with(Clone::clone).ok()
}
