//! One-time tokens.

use super::{Readable, Reader, Record, item};
use crate::{
    StoreError,
    item::{
        CREATED_AT, EXPIRES_AT, Item, Key, MADE_BY, ORGANIZATION, PASSWORD_VERSION, PK, PURPOSE, USER, null,
        number, prefix, text, time,
    },
};
use auth::one_time::{OneTimeHash, OneTimePurpose, StoredOneTime};

impl Record for StoredOneTime {
    fn to_item(&self) -> Item {
        item(
            Key::one_time(self.hash),
            None,
            [
                (PURPOSE, text(self.purpose.as_str())),
                (USER, text(self.user.to_string())),
                (ORGANIZATION, text(self.organization.to_string())),
                (PASSWORD_VERSION, number(self.password_version)),
                (CREATED_AT, time(self.created_at)),
                (EXPIRES_AT, time(self.expires_at)),
                (MADE_BY, self.made_by.map_or_else(null, |id| text(id.to_string()))),
            ],
        )
    }
}

impl Readable for StoredOneTime {
    const NAME: &'static str = "one-time token";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            hash: reader.word(PK, |text| OneTimeHash::from_hex(text.strip_prefix(prefix::ONCE)?))?,
            purpose: reader.word(PURPOSE, OneTimePurpose::parse)?,
            user: reader.parsed(USER)?,
            organization: reader.parsed(ORGANIZATION)?,
            password_version: reader.number(PASSWORD_VERSION)?,
            created_at: reader.time(CREATED_AT)?,
            expires_at: reader.time(EXPIRES_AT)?,
            made_by: reader.nullable(MADE_BY, Reader::parsed)?,
        })
    }
}
