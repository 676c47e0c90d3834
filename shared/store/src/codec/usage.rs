//! What was called: counters. They are written by adding, so an attribute that is not there counts 0.

use super::{Readable, Reader};
use crate::{
    LastUse, StoreError, UsageDay, UsageHour,
    item::{
        ADDRESS, ALLOWED, BUCKETS, FAULTS, FIRST_USED_AT, FORBIDDEN, KNOWN_ADDRESSES, LAST_USED_AT,
        NEW_ADDRESSES, SK, UNAUTHORIZED, prefix,
    },
};
use auth::usage::{Addresses, Counts};

fn counts(reader: &Reader<'_>) -> Result<Counts, StoreError> {
    Ok(Counts {
        allowed: reader.counted(ALLOWED)?,
        forbidden: reader.counted(FORBIDDEN)?,
        unauthorized: reader.counted(UNAUTHORIZED)?,
        faults: reader.counted(FAULTS)?,
    })
}

fn addresses(reader: &Reader<'_>) -> Result<Addresses, StoreError> {
    Ok(Addresses::of(reader.numbers(BUCKETS)?.into_iter().collect()))
}

impl Readable for UsageHour {
    const NAME: &'static str = "usage of an hour";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            hour: reader.parsed(SK)?,
            counts: counts(reader)?,
            routes: reader.counted_by_name(prefix::ROUTE)?,
            addresses: addresses(reader)?,
            new_addresses: reader.texts(NEW_ADDRESSES)?.into_iter().collect(),
        })
    }
}

impl Readable for UsageDay {
    const NAME: &'static str = "usage of a day";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self { position: reader.parsed(SK)?, counts: counts(reader)?, addresses: addresses(reader)? })
    }
}

impl Readable for LastUse {
    const NAME: &'static str = "last use";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            first_used_at: reader.time(FIRST_USED_AT)?,
            last_used_at: reader.time(LAST_USED_AT)?,
            address: reader.parsed(ADDRESS)?,
            known_addresses: reader.texts(KNOWN_ADDRESSES)?.into_iter().collect(),
        })
    }
}
