//! Whatever is done, in whatever order and by whom: the system answers, and lets in, as a reference says that is simple
//! enough to be read in one sitting.
//!
//! - [`state`]: what there is, [`act`]: what can happen, [`access`]: who gets in
//! - [`rules`], [`rules_keys`], [`rules_sessions`]: what a request must be answered, and what it changes
//! - [`choose`]: what is tried next
//! - [`system`]: the same request to the system; [`look`]: doors to try and lists to compare
//!
//! Nothing that is looked at here may be late: the only thing that functions keep in memory are signing keys. So each
//! step is followed by a look, through each credential that the step concerned and some others, and the last one by a
//! look through all of them. Of two requests at once the answers and what they leave must be those of one order or the
//! other; only, either may be told that something was changed at the same time (409), and then has changed nothing.
//!
//! Cases are numbered, and a number is always the same case. One that fails is shrunk. By hand:
//!
//! ```text
//! QARION_MODEL_FROM=17 QARION_MODEL_CASES=1 cargo nextest run -p tests model::
//! ```

mod access;
mod act;
mod choose;
mod look;
mod rules;
mod rules_keys;
mod rules_sessions;
mod state;
mod system;

use act::{Act, Step};
use look::{DOOR_COUNT, List, Look};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use rules::Expected;
use state::{Bearer, CookieNo, Model, Place, Slug, UserNo};
use std::{
    collections::BTreeMap,
    env,
    sync::{Mutex, PoisonError},
};
use system::System;
use time::Duration;
use tokio::runtime::{Builder, Runtime};

use crate::support::{Answer, Call, turns::in_turns};

/// How many steps a case has, at most.
const STEPS: usize = 40;
/// How many cases each test run tries, and the long run.
const CASES: u64 = 4;
const LONG: u64 = 2_000;

/// How often each request of a kind had each answer: for whoever asks whether enough was tried.
static TRIED: Mutex<BTreeMap<(String, u16), u64>> = Mutex::new(BTreeMap::new());

struct Reference;

impl ReferenceStateMachine for Reference {
    type State = Model;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Model> {
        Just(Model::beginning()).boxed()
    }

    fn transitions(state: &Model) -> BoxedStrategy<Step> {
        choose::step(state)
    }

    fn preconditions(state: &Model, step: &Step) -> bool {
        state.knows_step(step)
    }

    /// Of two requests at once, as if the first had come first.
    fn apply(mut state: Model, step: &Step) -> Model {
        match step {
            Step::One(act) => {
                state.apply(act);
            }
            Step::Both(one, other, _) => {
                state.apply(one);
                state.apply(other);
            }
            Step::Pass(_) | Step::Restart | Step::Suspend(..) => state.happen(step),
        }
        state
    }
}

impl Model {
    /// What is no request.
    fn happen(&mut self, step: &Step) {
        match step {
            Step::Pass(seconds) => self.now += seconds,
            Step::Suspend(organization, suspended) => {
                let organization = &mut self.organizations[*organization];
                organization.suspended = *suspended;
                organization.version += 1;
            }
            Step::Restart | Step::One(_) | Step::Both(..) => {}
        }
    }
}

/// The system beside the reference, or beside the references: after two requests at once it may take a look, or
/// several, to tell which of them came first.
struct Beside {
    runtime: Runtime,
    system: System,
    possible: Vec<Model>,
    /// Counts the steps, so that others are looked at after each.
    steps: usize,
}

impl StateMachineTest for Beside {
    type SystemUnderTest = Self;
    type Reference = Reference;

    fn init_test(model: &Model) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let system = runtime.block_on(System::beginning(model));
        Self { runtime, system, possible: vec![model.clone()], steps: 0 }
    }

    fn apply(state: Self, _: &Model, step: Step) -> Self {
        let Self { runtime, mut system, possible, steps } = state;
        let steps = steps + 1;
        let possible = runtime.block_on(taken(&mut system, possible, step, steps));
        Self { runtime, system, possible, steps }
    }

    fn teardown(state: Self, _: Model) {
        let Self { runtime, system, possible, .. } = state;
        runtime.block_on(async {
            let looks = everything(&possible[0]);
            looked(&system, possible, looks, &"the end").await;
        });
    }
}

/// The references that are still possible after this step.
async fn taken(system: &mut System, before: Vec<Model>, step: Step, steps: usize) -> Vec<Model> {
    // What the table was asked, nobody asks here.
    system.world.deployment().take();
    let after = match &step {
        Step::One(act) => one(system, before.clone(), act).await,
        Step::Both(first, second, order) => both(system, before.clone(), (first, second), order).await,
        Step::Pass(_) | Step::Restart | Step::Suspend(..) => {
            match &step {
                Step::Pass(seconds) => system.world.pass(Duration::seconds(*seconds)),
                Step::Suspend(organization, suspended) => {
                    let tenant = &system.tenants[*organization];
                    system.world.change_policy(tenant, |policy| policy.suspended = *suspended).await;
                }
                _ => system.world.restart(),
            }
            let mut after = before.clone();
            after.iter_mut().for_each(|model| model.happen(&step));
            after
        }
    };
    let looks = some(&before[0], &after[0], steps);
    looked(system, after, looks, &step).await
}

async fn one(system: &mut System, mut possible: Vec<Model>, act: &Act) -> Vec<Model> {
    let Some(call) = system.request(&possible[0], act) else { return possible };
    let answer = system.send(&call).await;
    let mut expected = Vec::new();
    possible.retain_mut(|model| {
        let should = model.apply(act);
        expected.push(should);
        agrees(system, should, &answer)
    });
    assert!(!possible.is_empty(), "{act:?} was answered {}, and should be: {expected:?}", told(&answer));
    count(act, &answer);
    let cookies: Vec<CookieNo> = expected.into_iter().filter_map(|it| it.cookie).collect();
    system.keep(act, &answer, &cookies);
    possible
}

async fn both(
    system: &mut System,
    before: Vec<Model>,
    (first, second): (&Act, &Act),
    order: &[bool],
) -> Vec<Model> {
    let calls: (Option<Call>, Option<Call>) =
        (system.request(&before[0], first), system.request(&before[0], second));
    let (Some(one_call), Some(other_call)) = calls else { return before };
    let answers = in_turns(order, system.send(&one_call), system.send(&other_call)).await;
    let (mut possible, mut cookies) = (Vec::new(), (Vec::new(), Vec::new()));
    for model in &before {
        for (after, one, other) in orders(model, (first, second), (&answers.0, &answers.1)) {
            let agree = |should: Option<Expected>, answer| should.is_none_or(|it| agrees(system, it, answer));
            let given = |should: Option<Expected>| should.and_then(|it| it.cookie);
            // Where both were given the same refresh token, it has to be the same.
            let same = given(one).is_none()
                || given(one) != given(other)
                || answers.0.cookie() == answers.1.cookie();
            if agree(one, &answers.0) && agree(other, &answers.1) && same {
                cookies.0.extend(given(one));
                cookies.1.extend(given(other));
                if !possible.contains(&after) {
                    possible.push(after);
                }
            }
        }
    }
    assert!(
        !possible.is_empty(),
        "{first:?} and {second:?}, in turns of {order:?}, were answered {} and {}, which is neither order's answer",
        told(&answers.0),
        told(&answers.1),
    );
    count(first, &answers.0);
    count(second, &answers.1);
    system.keep(first, &answers.0, &cookies.0);
    system.keep(second, &answers.1, &cookies.1);
    possible
}

/// What may have become of the two: one order, the other, and where one was told that something was changed at the same
/// time by the other, that it did nothing.
fn orders(
    model: &Model,
    (first, second): (&Act, &Act),
    answers: (&Answer, &Answer),
) -> Vec<(Model, Option<Expected>, Option<Expected>)> {
    let mut all = Vec::new();
    let mut after = model.clone();
    let (one, other) = (after.apply(first), after.apply(second));
    all.push((after, Some(one), Some(other)));
    let mut after = model.clone();
    let (other, one) = (after.apply(second), after.apply(first));
    all.push((after, Some(one), Some(other)));
    let changed = |refused: &Answer, done: &Answer| done.status < 300 && refused.status == 409;
    if changed(answers.0, answers.1) {
        let mut after = model.clone();
        let other = after.apply(second);
        all.push((after, None, Some(other)));
    }
    if changed(answers.1, answers.0) {
        let mut after = model.clone();
        let one = after.apply(first);
        all.push((after, Some(one), None));
    }
    all
}

fn agrees(system: &System, should: Expected, answer: &Answer) -> bool {
    let known = should.cookie.and_then(|cookie| system.cookies.get(&cookie));
    should.status == answer.status && known.is_none_or(|text| answer.cookie().as_ref() == Some(text))
}

/// The status, and what a refusal says.
fn told(answer: &Answer) -> String {
    let detail = if answer.status >= 400 { String::from_utf8_lossy(&answer.body) } else { "".into() };
    format!("{} {detail}", answer.status)
}

/// The references that agree with what is seen.
async fn looked(
    system: &System,
    mut possible: Vec<Model>,
    looks: Vec<Look>,
    after: &impl std::fmt::Debug,
) -> Vec<Model> {
    for look in looks {
        let seen = look.seen(&possible[0], system).await;
        let should = look.expected(&possible[0], system);
        possible.retain(|model| look.expected(model, system) == seen);
        assert!(!possible.is_empty(), "after {after:?}, {look:?} shows {seen}, and should {should}");
    }
    possible
}

fn bearers(model: &Model) -> Vec<Bearer> {
    let tokens = model.tokens.keys().map(|it| Bearer::Token(*it));
    tokens.chain(model.secrets.keys().map(|it| Bearer::Secret(*it))).collect()
}

/// Every door for each credential for which it has changed, the first for some others, and some lists.
fn some(before: &Model, after: &Model, steps: usize) -> Vec<Look> {
    let mut looks = Vec::new();
    let all = bearers(after);
    for (number, bearer) in all.iter().enumerate() {
        let doors = |model: &Model| {
            (0..DOOR_COUNT)
                .map(|door| model.admit(*bearer, Place::Home, look::route(door)).err())
                .collect::<Vec<_>>()
        };
        let there = bearers(before).contains(bearer);
        let (was, is) = (doors(before), doors(after));
        for door in 0..DOOR_COUNT {
            if !there || was[door] != is[door] {
                looks.push(Look::Door(*bearer, door, Place::Home));
            }
        }
        if (number + steps).is_multiple_of(7) {
            looks.push(Look::Door(*bearer, steps % DOOR_COUNT, Place::Home));
            looks.push(Look::Door(*bearer, 0, Place::Away));
        }
    }
    let lists = lists(after);
    looks.extend(
        lists.into_iter().enumerate().filter(|(at, _)| (at + steps).is_multiple_of(5)).map(|(_, it)| it),
    );
    looks
}

/// Every door for each credential from each place, and every list.
fn everything(model: &Model) -> Vec<Look> {
    let mut looks = Vec::new();
    for bearer in bearers(model) {
        for door in 0..DOOR_COUNT {
            looks.push(Look::Door(bearer, door, Place::Home));
        }
        looks.push(Look::Door(bearer, 0, Place::Away));
    }
    looks.extend(lists(model));
    looks
}

/// Each list, by somebody who is shown it; of each user's, by an admin of each organization.
fn lists(model: &Model) -> Vec<Look> {
    let mut looks = Vec::new();
    let by = |fit: &dyn Fn(UserNo, usize) -> bool, list: List| {
        let good = bearers(model).into_iter().find(|bearer| {
            let admitted = model.admit(*bearer, Place::Home, list.route());
            admitted.is_ok_and(|it| fit(it.user, it.organization))
        });
        good.map(|bearer| Look::List(bearer, list))
    };
    for user in model.users.keys().copied() {
        let own = [List::Me(user), List::OwnKeys(user), List::OwnSessions(user)];
        looks.extend(own.into_iter().filter_map(|list| by(&|it, _| it == user, list)));
    }
    for organization in 0..model.organizations.len() {
        let general = [
            List::People(organization),
            List::Accounts(organization),
            List::Spaces(organization),
            List::Members(organization, Slug::North),
            List::Members(organization, Slug::South),
        ];
        let of_users = model.named.iter().flat_map(|(user, account)| {
            let sessions = (!account).then_some(List::SessionsOf(*user));
            [Some(List::KeysOf(*user)), sessions].into_iter().flatten()
        });
        let all = general.into_iter().chain(of_users);
        looks.extend(all.filter_map(|list| by(&|_, it| it == organization, list)));
    }
    looks
}

fn count(act: &Act, answer: &Answer) {
    let what = format!("{:?}", act.what);
    let kind = what.split(' ').next().unwrap_or_default().to_owned();
    let mut tried = TRIED.lock().unwrap_or_else(PoisonError::into_inner);
    *tried.entry((kind, answer.status)).or_default() += 1;
}

/// Tries so many cases from this one on.
fn try_cases(from: u64, count: u64) {
    for case in from..from + count {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&case.to_le_bytes());
        let config = Config {
            cases: 1,
            failure_persistence: None,
            max_shrink_iters: u32::try_from(number("QARION_MODEL_SHRINK", 300)).unwrap(),
            ..Config::default()
        };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let mut runner = TestRunner::new_with_rng(config.clone(), rng);
        let tried = runner.run(&Reference::sequential_strategy(1..=STEPS), |(model, steps, seen)| {
            Beside::test_sequential(config.clone(), model, steps, seen);
            Ok(())
        });
        if let Err(error) = tried {
            panic!("case {case}: {error}");
        }
    }
    println!("{count} cases from {from}");
    for ((kind, status), times) in &*TRIED.lock().unwrap_or_else(PoisonError::into_inner) {
        println!("{kind} {status}: {times}");
    }
}

fn number(variable: &str, otherwise: u64) -> u64 {
    env::var(variable).map_or(otherwise, |text| text.parse().expect("a number"))
}

fn elsewhere() -> bool {
    let elsewhere = env::var_os("QARION_STACK").is_some() || env::var_os("QARION_URL").is_some();
    if elsewhere {
        println!("not run against a running system: moves the clock and orders calls");
    }
    elsewhere
}

#[test]
fn the_system_does_what_the_reference_does() {
    if !elsewhere() {
        try_cases(number("QARION_MODEL_FROM", 0), number("QARION_MODEL_CASES", CASES));
    }
}

/// By a command of its own: docs/development.md has it.
#[test]
#[ignore = "takes hours"]
fn and_in_thousands_of_other_cases() {
    if !elsewhere() {
        try_cases(number("QARION_MODEL_FROM", 1_000_000), number("QARION_MODEL_CASES", LONG));
    }
}
