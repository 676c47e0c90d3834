//! What was called, counted once.
//!
//! 1. A batch of lines is added up into counters, which are put in one order and cut into chunks of 99.
//! 2. Each chunk is one transaction with a marker that must not be there yet. A batch that comes again, whole or
//!    because it was cut between two chunks, finds the markers of what is counted and counts the rest.
//! 3. The last uses of keys come last. What they say is read first, to tell which addresses are new; so a batch that
//!    was cut before them tells the same ones again.
//!
//! Only adding keeps counters right under many writers, so nothing here is read to be written but the last use of a
//! key. There two batches at the same moment may tell an address as new twice, or leave the earlier one of two last
//! uses: a statistic.

use crate::{
    Store, StoreError,
    expression::Expression,
    item::{
        ADDRESS, ALLOWED, BUCKETS, EXPIRES_AT, FAULTS, FIRST_USED_AT, FORBIDDEN, KNOWN_ADDRESSES, Key,
        LAST_USED_AT, NEW_ADDRESSES, ORGANIZATION, UNAUTHORIZED, USER, prefix, text, time,
    },
    read::BATCH_KEYS,
    transact::{TRANSACTION_ITEMS, Transaction},
};
use auth::{
    address::AddressKey,
    ids::KeyId,
    usage::{
        Addresses, Counts, Day, DayCount, Group, Hour, KeyHour, OTHER_ROUTES, ROUTES, Tally, Use, first_seen,
    },
};
use aws_lc_rs::digest;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use time::{Duration, OffsetDateTime};

/// How long a key's hours are kept.
const HOURS_KEPT: Duration = Duration::days(90);

/// How long an organization's days are kept: a year can be compared with the one before.
const DAYS_KEPT: Duration = Duration::days(400);

/// How long the last use of a key is kept after it. Nobody deletes it: those of revoked keys and of deleted users end
/// so as well.
const USES_KEPT: Duration = Duration::days(731);

/// How long it is known that a batch is counted: longer than the queue of failures keeps one, which is 14 days.
const MARKERS_KEPT: Duration = Duration::days(16);

/// Names a batch by its content: the same one has the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchId(String);

impl BatchId {
    /// Of these parts, in this order.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hash = digest::Context::new(&digest::SHA256);
        for part in parts {
            // With its length, so that no two lists of parts are one text.
            hash.update(&part.len().to_le_bytes());
            hash.update(part.as_bytes());
        }
        Self(hash.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Chunks that were written.
    pub written: usize,
    /// Chunks that had been written before.
    pub before: usize,
}

/// The last use of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastUse {
    /// The first that is known.
    pub first_used_at: OffsetDateTime,
    /// The last.
    pub last_used_at: OffsetDateTime,
    /// From where that was.
    pub address: AddressKey,
    /// From where it was used, so far as they are remembered.
    pub known_addresses: BTreeSet<AddressKey>,
}

/// One counter of a batch.
enum Counter<'a> {
    Hour(KeyId, Hour, &'a KeyHour),
    Day(&'a Group, Day, &'a DayCount),
    Use(KeyId, &'a Use),
}

/// What is known of the keys of a batch.
type Known = HashMap<KeyId, LastUse>;

impl Store {
    /// Counts a batch, once, however often it comes.
    ///
    /// # Errors
    /// Where a chunk could not be written: the batch has to come again.
    pub async fn count_usage(
        &self,
        batch: &BatchId,
        tally: &Tally,
        now: OffsetDateTime,
    ) -> Result<Counted, StoreError> {
        let known = self.last_uses(tally.uses.keys().copied()).await?;
        let new = new_addresses(tally, &known);
        let hours = tally.hours.iter().map(|((key, hour), it)| Counter::Hour(*key, *hour, it));
        let days = tally.days.iter().map(|((group, day), it)| Counter::Day(group, *day, it));
        let uses = tally.uses.iter().map(|(key, it)| Counter::Use(*key, it));
        let counters: Vec<_> = hours.chain(days).chain(uses).collect();
        let mut counted = Counted::default();
        for (number, chunk) in counters.chunks(TRANSACTION_ITEMS.saturating_sub(1)).enumerate() {
            let mut marker = Key::usage_batch(&batch.0, number).into_item();
            marker.insert(EXPIRES_AT.to_owned(), time(now.saturating_add(MARKERS_KEPT)));
            let mut parts = vec![Expression::absent().put(&self.table, marker)?];
            for counter in chunk {
                parts.extend(counter.part(&self.table, &known, &new)?);
            }
            match self.transact("count usage", parts).await? {
                Transaction::Committed => counted.written = counted.written.saturating_add(1),
                Transaction::Lost(_) => counted.before = counted.before.saturating_add(1),
            }
        }
        Ok(counted)
    }

    /// The last uses of these keys; of one that was never used there is none.
    pub async fn last_uses(
        &self,
        keys: impl IntoIterator<Item = KeyId>,
    ) -> Result<HashMap<KeyId, LastUse>, StoreError> {
        let keys: Vec<_> = keys.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let mut uses = HashMap::with_capacity(keys.len());
        for some in keys.chunks(BATCH_KEYS) {
            let asked = some.iter().map(|key| Key::last_use(*key)).collect();
            let found = self.batch_get("last uses", asked).await?;
            for key in some {
                if let Some(last) = found.record(&Key::last_use(*key))? {
                    uses.insert(*key, last);
                }
            }
        }
        Ok(uses)
    }

    /// The last use of a key.
    pub async fn last_use(&self, key: KeyId) -> Result<Option<LastUse>, StoreError> {
        self.get("last use", Key::last_use(key)).await
    }
}

/// Which addresses are new, by the hour to tell of them in.
fn new_addresses(tally: &Tally, known: &Known) -> BTreeMap<(KeyId, Hour), BTreeSet<AddressKey>> {
    let mut new: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let none = BTreeSet::new();
    for (key, of_key) in &tally.uses {
        let known = known.get(key).map_or(&none, |it| &it.known_addresses);
        for address in first_seen(known, of_key.addresses.keys()) {
            if let Some(hour) = of_key.addresses.get(&address) {
                new.entry((*key, *hour)).or_default().insert(address);
            }
        }
    }
    new
}

impl Counter<'_> {
    /// The part of the transaction; `None` where there is nothing to write.
    fn part(
        &self,
        table: &str,
        known: &Known,
        new: &BTreeMap<(KeyId, Hour), BTreeSet<AddressKey>>,
    ) -> Result<Option<TransactWriteItem>, StoreError> {
        match self {
            Self::Hour(key, hour, it) => {
                let new = new.get(&(*key, *hour)).into_iter().flatten();
                let sum = Sum::default()
                    .counts(it.counts)
                    .buckets(&it.addresses)
                    .routes(&it.routes)
                    .addresses(NEW_ADDRESSES, new)
                    .set(ORGANIZATION, text(it.organization.to_string()))
                    .set(USER, text(it.user.to_string()))
                    .set(EXPIRES_AT, time(hour.start().saturating_add(HOURS_KEPT)));
                sum.part(table, Key::usage_hour(*key, *hour)).map(Some)
            }
            Self::Day(group, day, it) => {
                let sum = Sum::default()
                    .counts(it.counts)
                    .buckets(&it.addresses)
                    .set(EXPIRES_AT, time(day.start().saturating_add(DAYS_KEPT)));
                sum.part(table, Key::usage_day(group, *day)).map(Some)
            }
            Self::Use(key, it) => {
                let none = BTreeSet::new();
                let before = known.get(key);
                let remembered = before.map_or(&none, |it| &it.known_addresses);
                let new = first_seen(remembered, it.addresses.keys());
                let later = before.is_none_or(|before| before.last_used_at < it.last);
                if !later && new.is_empty() {
                    return Ok(None);
                }
                let mut sum =
                    Sum::default().addresses(KNOWN_ADDRESSES, &new).set_first(FIRST_USED_AT, time(it.first));
                if later {
                    sum = sum
                        .set(LAST_USED_AT, time(it.last))
                        .set(ADDRESS, text(it.address.as_str()))
                        .set(EXPIRES_AT, time(it.last.saturating_add(USES_KEPT)));
                }
                sum.part(table, Key::last_use(*key)).map(Some)
            }
        }
    }
}

/// An update that adds, to an item that may not be there. DynamoDB's `ADD` counts from 0 and unites sets, for
/// top-level attributes only, which is why a route is one.
#[derive(Default)]
struct Sum {
    adds: Vec<String>,
    sets: Vec<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Sum {
    fn counts(self, counts: Counts) -> Self {
        self.add(ALLOWED, counts.allowed)
            .add(FORBIDDEN, counts.forbidden)
            .add(UNAUTHORIZED, counts.unauthorized)
            .add(FAULTS, counts.faults)
    }

    fn buckets(self, addresses: &Addresses) -> Self {
        let buckets: Vec<_> = addresses.buckets().iter().map(ToString::to_string).collect();
        if buckets.is_empty() { self } else { self.unite(BUCKETS, AttributeValue::Ns(buckets)) }
    }

    /// The first of them by name: an expression has at most 4 KB.
    fn routes(self, routes: &BTreeMap<String, u64>) -> Self {
        let named = routes.iter().take(ROUTES);
        let it = named.fold(self, |it, (route, count)| it.add(&format!("{}{route}", prefix::ROUTE), *count));
        let rest = routes.values().skip(ROUTES).fold(0_u64, |sum, count| sum.saturating_add(*count));
        it.add(&format!("{}{OTHER_ROUTES}", prefix::ROUTE), rest)
    }

    fn addresses<'a>(self, attribute: &str, addresses: impl IntoIterator<Item = &'a AddressKey>) -> Self {
        let texts: Vec<_> = addresses.into_iter().map(ToString::to_string).collect();
        if texts.is_empty() { self } else { self.unite(attribute, AttributeValue::Ss(texts)) }
    }

    fn add(self, attribute: &str, by: u64) -> Self {
        if by == 0 { self } else { self.unite(attribute, AttributeValue::N(by.to_string())) }
    }

    fn unite(mut self, attribute: &str, value: AttributeValue) -> Self {
        let (name, value) = self.placed(attribute, value);
        self.adds.push(format!("{name} {value}"));
        self
    }

    fn set(mut self, attribute: &str, value: AttributeValue) -> Self {
        let (name, value) = self.placed(attribute, value);
        self.sets.push(format!("{name} = {value}"));
        self
    }

    /// Where it is not there yet.
    fn set_first(mut self, attribute: &str, value: AttributeValue) -> Self {
        let (name, value) = self.placed(attribute, value);
        self.sets.push(format!("{name} = if_not_exists({name}, {value})"));
        self
    }

    fn placed(&mut self, attribute: &str, value: AttributeValue) -> (String, String) {
        let number = self.values.len();
        let (name, placeholder) = (format!("#{number}"), format!(":{number}"));
        self.names.insert(name.clone(), attribute.to_owned());
        self.values.insert(placeholder.clone(), value);
        (name, placeholder)
    }

    fn part(self, table: &str, key: Key) -> Result<TransactWriteItem, StoreError> {
        let mut change = format!("SET {}", self.sets.join(", "));
        if !self.adds.is_empty() {
            change = format!("{change} ADD {}", self.adds.join(", "));
        }
        let update = Update::builder()
            .table_name(table)
            .set_key(Some(key.into_item()))
            .update_expression(change)
            .set_expression_attribute_names(Some(self.names))
            .set_expression_attribute_values(Some(self.values))
            .build()
            .map_err(StoreError::incomplete)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}
