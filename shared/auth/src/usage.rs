//! What was called, by whom, from where: the authorizer's decision lines, added up.
//!
//! 1. [`Decided::parse`] reads one line. A line that is not of the form is junk: counted, and no failure.
//! 2. [`Tally::add`] adds it up: by key and hour, by day and what an organization's admins ask for, and the last
//!    use of each key. In which order lines come, and how they are cut into batches, changes no sum.
//! 3. [`sudden_rise`] and [`first_seen`] say what a person should look at.
//!
//! What is counted is the decision: the final status of a request is not known to the authorizer. Ids that a caller
//! merely claims are counted for nobody: else anyone could fill the table with what is none.

mod line;
mod period;
mod sketch;

#[cfg(test)]
mod tests;

pub use line::{Decided, Verdict};
pub use period::{Day, DayPosition, Hour};
pub use sketch::Addresses;

use crate::{
    address::AddressKey,
    ids::{KeyId, OrganizationId, SpaceId, UserId},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};
use time::OffsetDateTime;

/// How many addresses of a key are known by name. Once they are so many, none is told as new any more: a key that
/// is used from so many places has no usual ones.
pub const KNOWN_ADDRESSES: usize = 64;

/// How many routes of a key are counted by name in an hour, more than the API has; the rest is [`OTHER_ROUTES`].
pub const ROUTES: usize = 200;

/// Under what further routes are counted.
pub const OTHER_ROUTES: &str = "other";

/// Decisions, by what was decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Let through.
    pub allowed: u64,
    /// 403.
    pub forbidden: u64,
    /// 401.
    pub unauthorized: u64,
    /// 503: a failure of the service.
    pub faults: u64,
}

impl Counts {
    /// Of one decision.
    pub fn of(verdict: Verdict) -> Self {
        let mut counts = Self::default();
        match verdict {
            Verdict::Allow => counts.allowed = 1,
            Verdict::Forbidden => counts.forbidden = 1,
            Verdict::Unauthorized => counts.unauthorized = 1,
            Verdict::Fault => counts.faults = 1,
        }
        counts
    }

    /// Adds the others.
    pub const fn add(&mut self, other: Self) {
        self.allowed = self.allowed.saturating_add(other.allowed);
        self.forbidden = self.forbidden.saturating_add(other.forbidden);
        self.unauthorized = self.unauthorized.saturating_add(other.unauthorized);
        self.faults = self.faults.saturating_add(other.faults);
    }

    /// All of them.
    pub const fn total(&self) -> u64 {
        let some = self.allowed.saturating_add(self.forbidden);
        some.saturating_add(self.unauthorized).saturating_add(self.faults)
    }
}

/// What was counted of a key in an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyHour {
    /// The key's organization.
    pub organization: OrganizationId,
    /// The key's user.
    pub user: UserId,
    /// By decision.
    pub counts: Counts,
    /// By method and route, such as `GET /api-keys/{id}`.
    pub routes: BTreeMap<String, u64>,
    /// From where.
    pub addresses: Addresses,
}

/// What was counted of a group in a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayCount {
    /// By decision.
    pub counts: Counts,
    /// From where.
    pub addresses: Addresses,
}

/// By what an organization's days are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupBy {
    /// API keys.
    Key,
    /// Users, by sessions and keys.
    User,
    /// Spaces. Of allowed requests alone: a refused one may name a space that is none.
    Space,
    /// Methods and routes.
    Route,
}

impl GroupBy {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::User => "user",
            Self::Space => "space",
            Self::Route => "route",
        }
    }

    /// Of the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Key, Self::User, Self::Space, Self::Route].into_iter().find(|it| it.as_str() == word)
    }
}

impl std::str::FromStr for GroupBy {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::parse(word).ok_or(())
    }
}

/// Of what a day is counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    /// Whose.
    pub organization: OrganizationId,
    /// By what.
    pub by: GroupBy,
    /// Which: an id, or a method and route.
    pub name: String,
}

/// The last use of a key and from where it was used, of the lines of one batch. Uses are requests with the key's
/// right secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The first.
    pub first: OffsetDateTime,
    /// The last.
    pub last: OffsetDateTime,
    /// From where the last was.
    pub address: AddressKey,
    /// From where the first one of each address was: the hour to tell of it in. The 64 first by their text.
    pub addresses: BTreeMap<AddressKey, Hour>,
}

/// Lines, added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// By key and hour.
    pub hours: BTreeMap<(KeyId, Hour), KeyHour>,
    /// By group and day.
    pub days: BTreeMap<(Group, Day), DayCount>,
    /// By key.
    pub uses: BTreeMap<KeyId, Use>,
    /// Lines whose ids nobody vouches for, or that have none.
    pub unattributed: u64,
}

impl Tally {
    /// Adds a decision that was made at this time.
    pub fn add(&mut self, line: &Decided, at: OffsetDateTime) {
        let Some(owner) = &line.owner else {
            self.unattributed = self.unattributed.saturating_add(1);
            return;
        };
        // Whoever has only a key's id, and not its secret, does not add to the places that it is used from.
        let used = matches!(line.verdict, Verdict::Allow | Verdict::Forbidden);
        let address = used.then_some(&line.address);
        let (counts, day, hour) = (Counts::of(line.verdict), Day::of(at), Hour::of(at));
        let space = owner.space.as_ref().map(SpaceId::to_string);
        let key = owner.key.as_ref().map(KeyId::to_string);
        for (by, name) in [
            (GroupBy::Key, key),
            (GroupBy::User, Some(owner.user.to_string())),
            (GroupBy::Space, space),
            (GroupBy::Route, Some(line.route.clone())),
        ] {
            let Some(name) = name else { continue };
            let group = Group { organization: owner.organization, by, name };
            let of_day = self.days.entry((group, day)).or_default();
            of_day.counts.add(counts);
            of_day.addresses.extend(address);
        }
        let Some(key) = owner.key else { return };
        let of_hour = self.hours.entry((key, hour)).or_insert_with(|| KeyHour {
            organization: owner.organization,
            user: owner.user,
            counts: Counts::default(),
            routes: BTreeMap::new(),
            addresses: Addresses::default(),
        });
        of_hour.counts.add(counts);
        let of_route = of_hour.routes.entry(line.route.clone()).or_default();
        *of_route = of_route.saturating_add(1);
        of_hour.addresses.extend(address);
        if let Some(address) = address {
            self.uses.entry(key).and_modify(|it| it.add(address, at)).or_insert_with(|| Use::of(address, at));
        }
    }

    /// How many counters there are.
    pub fn len(&self) -> usize {
        self.hours.len().saturating_add(self.days.len()).saturating_add(self.uses.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Use {
    fn of(address: &AddressKey, at: OffsetDateTime) -> Self {
        let addresses = BTreeMap::from([(address.clone(), Hour::of(at))]);
        Self { first: at, last: at, address: address.clone(), addresses }
    }

    fn add(&mut self, address: &AddressKey, at: OffsetDateTime) {
        self.first = self.first.min(at);
        // Of two at the same time either is the last: the order of lines must not matter.
        if (self.last, &self.address) < (at, address) {
            (self.last, self.address) = (at, address.clone());
        }
        let hour = self.addresses.entry(address.clone()).or_insert_with(|| Hour::of(at));
        *hour = Hour::of(at).min(*hour);
        if self.addresses.len() > KNOWN_ADDRESSES {
            self.addresses.pop_last();
        }
    }
}

/// Which of `seen` are new to a key that is known to be used from `known`, and to be remembered. None once
/// [`KNOWN_ADDRESSES`] are known.
pub fn first_seen<'a>(
    known: &BTreeSet<AddressKey>,
    seen: impl IntoIterator<Item = &'a AddressKey>,
) -> BTreeSet<AddressKey> {
    let room = KNOWN_ADDRESSES.saturating_sub(known.len());
    seen.into_iter().filter(|it| !known.contains(it)).take(room).cloned().collect()
}

/// More decisions than this in a day, or no rise is sudden.
pub const RISE_ABOVE: u64 = 1_000;

/// How many times the mean of the days before.
pub const RISE_FACTOR: u64 = 10;

/// How many days the mean is of. A day without a call counts as 0.
pub const RISE_DAYS: u64 = 7;

/// Whether the decisions of `day`, a full one, are a sudden rise over those of the seven days before: more than
/// 1,000, and more than ten times the mean.
pub fn sudden_rise(day: u64, before: impl IntoIterator<Item = u64>) -> bool {
    let sum = before.into_iter().fold(0_u64, u64::saturating_add);
    day > RISE_ABOVE && day.saturating_mul(RISE_DAYS) > sum.saturating_mul(RISE_FACTOR)
}

/// A method and a route as they are counted.
pub(crate) fn route(method: impl Display, route: impl Display) -> String {
    format!("{method} {route}")
}
