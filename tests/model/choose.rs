//! What is tried next: mostly what could succeed, and often enough what must not.

use super::{
    access::Scope,
    act::{Act, Leaked, Step, Wanted, What},
    state::{Bearer, KeyNo, LinkNo, Model, Place, Policy, Role, SessionNo, Slug, UserNo},
};
use proptest::{collection::vec, prelude::*};
use std::collections::VecDeque;

/// Random numbers, from which choices are made; none left is the first choice.
struct Dice(VecDeque<u16>);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        usize::from(self.0.pop_front().unwrap_or(0)) % end.max(1)
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> Option<T> {
        choices.get(self.below(choices.len())).cloned()
    }
}

const ROLES: [Role; 3] = [Role::Viewer, Role::Editor, Role::Admin];
const SLUGS: [Slug; 2] = [Slug::North, Slug::South];
/// The times that pass: around each limit that there is.
const TIMES: [i64; 14] = [1, 1, 5, 9, 10, 11, 60, 299, 600, 900, 1800, 3600, 86_400, 604_800];

/// A step from here.
pub(super) fn step(model: &Model) -> BoxedStrategy<Step> {
    let here = model.clone();
    vec(any::<u16>(), 24)
        .prop_map(move |numbers| {
            let mut dice = Dice(numbers.into());
            match dice.below(32) {
                0 => Step::Restart,
                1..5 => Step::Pass(dice.of(&TIMES).unwrap()),
                5 if dice.one_in(3) => Step::Suspend(dice.below(2), dice.below(2) == 0),
                6..16 => {
                    let order = dice.below(1 << 12);
                    let order = (0..12).map(|bit| order & (1 << bit) == 0).collect();
                    let (one, other) =
                        (act(&here, here.next, &mut dice), act(&here, here.next + 1, &mut dice));
                    Step::Both(one, other, order)
                }
                _ => Step::One(act(&here, here.next, &mut dice)),
            }
        })
        .boxed()
}

fn act(model: &Model, new: u32, dice: &mut Dice) -> Act {
    let from = if dice.one_in(12) { Place::Away } else { Place::Home };
    let what = match dice.below(40) {
        0..6 => create_key(model, dice),
        6..10 => of_key(model, dice, |by, of, key, dice| {
            let overlap = dice.of(&[0, 0, 60, 3600, 604_800]).unwrap();
            What::RotateKey { by, of, key, overlap }
        }),
        10 => of_key(model, dice, |by, of, key, _| What::RenameKey { by, of, key, name: new }),
        11..14 => of_key(model, dice, |by, of, key, _| What::RevokeKey { by, of, key }),
        14..16 => move_key(model, dice),
        16..23 => of_session(model, dice),
        23..27 => of_password(model, dice),
        27..32 => of_user(model, dice),
        32..36 => of_space(model, dice),
        36..38 => put_policy(model, dice),
        _ => What::Revoke { found: leaked(model, dice) },
    };
    Act { from, new, what }
}

fn bearers(model: &Model) -> Vec<Bearer> {
    let tokens = model.tokens.keys().map(|it| Bearer::Token(*it));
    tokens.chain(model.secrets.keys().map(|it| Bearer::Secret(*it))).collect()
}

/// Any credential; mostly one that would be let in and is `fit`, the youngest first.
fn bearer(model: &Model, dice: &mut Dice, scope: Scope, fit: impl Fn(UserNo, bool) -> bool) -> Bearer {
    let all = bearers(model);
    if !dice.one_in(8) {
        let mut good: Vec<Bearer> = all.clone();
        good.retain(|it| {
            let admitted = model.admit(*it, Place::Home, scope.write());
            admitted.is_ok_and(|caller| fit(caller.user, caller.key().is_some()))
        });
        good.reverse();
        if let Some(chosen) = dice.of(&good) {
            return chosen;
        }
    }
    dice.of(&all).unwrap()
}

fn anybody(model: &Model, dice: &mut Dice) -> Bearer {
    bearer(model, dice, Scope::Member, |_, _| true)
}

fn admin(model: &Model, dice: &mut Dice) -> Bearer {
    bearer(model, dice, Scope::Admin, |_, _| true)
}

fn admin_session(model: &Model, dice: &mut Dice) -> Bearer {
    bearer(model, dice, Scope::Admin, |_, key| !key)
}

/// A user of this kind; seldom one of the other, or one who is gone.
fn user(model: &Model, dice: &mut Dice, account: Option<bool>) -> UserNo {
    let all: Vec<UserNo> = model.named.keys().copied().collect();
    let mut fit = all.clone();
    fit.retain(|it| model.users.get(it).is_some_and(|found| account.is_none_or(|it| it == found.account)));
    let chosen = if dice.one_in(10) { dice.of(&all) } else { dice.of(&fit) };
    chosen.unwrap_or(UserNo(0))
}

fn create_key(model: &Model, dice: &mut Dice) -> What {
    let of = dice.one_in(4).then(|| user(model, dice, Some(true)));
    let by = if of.is_some() { admin(model, dice) } else { anybody(model, dice) };
    // Most are made by keys, so that there is something to cascade.
    let by = match dice.of(&model.secrets.keys().rev().copied().collect::<Vec<_>>()) {
        Some(secret) if of.is_none() && !dice.one_in(3) => Bearer::Secret(secret),
        _ => by,
    };
    let spaces = match dice.below(8) {
        0 => Some(vec![Slug::North]),
        1 => Some(SLUGS.to_vec()),
        _ => None,
    };
    let wanted = Wanted {
        read_only: dice.one_in(6),
        spaces,
        seconds: if dice.one_in(4) { dice.of(&[60, 3600, 86_400, 864_000]) } else { None },
        place: if dice.one_in(8) { dice.of(&[Place::Home, Place::Away]) } else { None },
    };
    What::CreateKey { by, of, wanted }
}

/// Something with a key, by its owner, by itself, by an admin, or by somebody.
fn of_key(
    model: &Model,
    dice: &mut Dice,
    what: impl Fn(Bearer, Option<UserNo>, KeyNo, &mut Dice) -> What,
) -> What {
    let key = any_key(model, dice);
    let owner = model.keys.get(&key).map_or(UserNo(0), |it| it.owner);
    let (by, of) = match dice.below(8) {
        0..2 => (admin(model, dice), Some(owner)),
        2 => (anybody(model, dice), None),
        3..5 => match model.keys.get(&key) {
            Some(found) => (Bearer::Secret(found.secret), None),
            None => (anybody(model, dice), None),
        },
        _ => (bearer(model, dice, Scope::Member, |user, _| user == owner), None),
    };
    let made = what(by, of, key, dice);
    // Of people, admins revoke keys and do nothing else with them: there is no route.
    let person = of.is_some_and(|of| !model.named[&of]);
    match made {
        What::RotateKey { by, of, key, overlap } => {
            What::RotateKey { by, of: of.filter(|_| !person), key, overlap }
        }
        What::RenameKey { by, of, key, name } => {
            What::RenameKey { by, of: of.filter(|_| !person), key, name }
        }
        other => other,
    }
}

/// Mostly one that lives.
fn any_key(model: &Model, dice: &mut Dice) -> KeyNo {
    let all: Vec<KeyNo> = model.secrets.values().copied().collect();
    let live: Vec<KeyNo> = model.keys.keys().rev().copied().filter(|it| model.is_live(*it)).collect();
    let chosen = if dice.one_in(6) { None } else { dice.of(&live) };
    chosen.or_else(|| dice.of(&all)).unwrap()
}

fn move_key(model: &Model, dice: &mut Dice) -> What {
    let mut people: Vec<KeyNo> = model.keys.keys().rev().copied().filter(|it| model.is_live(*it)).collect();
    people.retain(|key| !model.named[&model.keys[key].owner]);
    let key = dice.of(&people).unwrap_or_else(|| any_key(model, dice));
    let owner = model.keys.get(&key).map_or(UserNo(2), |it| it.owner);
    let owner = if dice.one_in(10) { user(model, dice, Some(false)) } else { owner };
    let by = bearer(model, dice, Scope::Admin, |user, key| {
        !key && model.users.get(&owner).is_some_and(|it| it.organization == model.organization_of(user))
    });
    What::MoveKey { by, owner, key, to: user(model, dice, Some(true)) }
}

fn of_session(model: &Model, dice: &mut Dice) -> What {
    let sessions: Vec<SessionNo> = model.sessions.keys().rev().copied().collect();
    let session = dice.of(&sessions);
    match (dice.below(8), session) {
        (0, Some(session)) => {
            let owner = model.sessions[&session].user;
            let by = bearer(model, dice, Scope::Member, |user, key| user == owner && !key);
            What::EndSession { by, of: None, session }
        }
        (1, Some(session)) => {
            let of = Some(model.sessions[&session].user);
            What::EndSession { by: admin(model, dice), of, session }
        }
        (2, _) => What::EndOthers { by: bearer(model, dice, Scope::Member, |_, key| !key) },
        (3, _) => What::LogOut { by: leaked(model, dice) },
        (_, Some(session)) if !dice.one_in(6) => {
            let session = &model.sessions[&session];
            let previous = session.previous.map(|(cookie, ..)| cookie);
            let cookie = if dice.one_in(4) { previous } else { None };
            What::Refresh { cookie: cookie.unwrap_or(session.cookie) }
        }
        _ => {
            let all: Vec<_> = model.cookies.keys().copied().collect();
            What::Refresh { cookie: dice.of(&all).unwrap() }
        }
    }
}

fn of_password(model: &Model, dice: &mut Dice) -> What {
    let links: Vec<LinkNo> = model.links.keys().rev().copied().collect();
    match (dice.below(8), dice.of(&links)) {
        (0, _) => What::StartReset { by: admin_session(model, dice), user: user(model, dice, Some(false)) },
        (1, Some(link)) => What::Reset { link },
        (2, _) => {
            let by = bearer(model, dice, Scope::Member, |_, key| !key);
            let user = match by {
                Bearer::Token(token) => model.tokens[&token].user,
                Bearer::Secret(_) => UserNo(0),
            };
            let current = model.users.get(&user).map_or(0, |it| it.password);
            What::ChangePassword { by, user, current }
        }
        _ => {
            let user = user(model, dice, Some(false));
            What::Login { user, password: model.users.get(&user).map_or(0, |it| it.password) }
        }
    }
}

fn of_user(model: &Model, dice: &mut Dice) -> What {
    let user = user(model, dice, None);
    let by = bearer(model, dice, Scope::Admin, |by, _| {
        model.users.get(&user).is_some_and(|it| it.organization == model.organization_of(by))
    });
    match dice.below(12) {
        0..2 => What::SignOut { by, user, keys: dice.one_in(2) },
        2..5 => What::Disable { by, user, disabled: true },
        5..7 => What::Disable { by, user, disabled: false },
        7..10 => What::Promote { by, user, admin: dice.one_in(2) },
        10 => What::Delete { by: admin_session(model, dice), user },
        _ => What::CreateAccount { by },
    }
}

fn of_space(model: &Model, dice: &mut Dice) -> What {
    let slug = dice.of(&SLUGS).unwrap();
    let user = user(model, dice, None);
    let by = bearer(model, dice, Scope::Space(slug, Role::Admin), |by, _| {
        model.users.get(&user).is_some_and(|it| it.organization == model.organization_of(by))
    });
    match dice.below(10) {
        0..5 => What::PutMember { by, slug, user, role: dice.of(&ROLES).unwrap() },
        5..8 => What::RemoveMember { by, slug, user },
        8 => What::DeleteSpace { by: admin(model, dice), slug },
        _ => What::CreateSpace { by: admin(model, dice), slug },
    }
}

fn put_policy(model: &Model, dice: &mut Dice) -> What {
    let by = admin(model, dice);
    let user = match by {
        Bearer::Token(token) => Some(model.tokens[&token].user),
        Bearer::Secret(secret) => model.keys.get(&model.secrets[&secret]).map(|key| key.owner),
    };
    let organization = user.and_then(|it| model.users.get(&it)).map_or(0, |it| it.organization);
    let policy = match dice.below(7) {
        0 => Policy { session: 300, ..Policy::INITIAL },
        1 => Policy { idle: 900, absolute: 3600, ..Policy::INITIAL },
        2 => Policy { keys: false, ..Policy::INITIAL },
        3 => Policy { key_days: Some(1), ..Policy::INITIAL },
        4 => Policy { place: Some(Place::Home), ..Policy::INITIAL },
        _ => Policy::INITIAL,
    };
    let version = model.organizations[organization].version;
    What::PutPolicy { by, policy, version: if dice.one_in(10) { version - 1 } else { version } }
}

fn leaked(model: &Model, dice: &mut Dice) -> Leaked {
    let cookies: Vec<_> = model.cookies.keys().rev().copied().collect();
    match (dice.below(4), dice.of(&cookies)) {
        (0, Some(cookie)) => Leaked::Cookie(cookie),
        _ => Leaked::Bearer(dice.of(&bearers(model).into_iter().rev().collect::<Vec<_>>()).unwrap()),
    }
}
