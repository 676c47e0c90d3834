//! Organizations, their policies, their spaces and who is in them.

use super::{Readable, Reader, Record, addresses, item};
use crate::{
    StoreError,
    item::{
        ADDRESSES, ADMINS, API_KEYS_ALLOWED, CREATED_AT, DELETING, ID, Item, Key, MAX_KEY_AGE_DAYS, MEMBERS,
        NAME, ORGANIZATION, PK, REFRESH_ABSOLUTE_SECONDS, REFRESH_IDLE_SECONDS, ROLE, SESSION_SECONDS, SK,
        SPACE, SUSPENDED, VERSION, membership_index, null, number, prefix, text, time,
    },
};
use auth::{
    access::SpaceRole,
    records::{Membership, Organization, Policy, Space},
};
use aws_sdk_dynamodb::types::AttributeValue;

impl Record for Organization {
    fn to_item(&self) -> Item {
        item(
            Key::organization(self.id),
            None,
            [(NAME, text(&self.name)), (CREATED_AT, time(self.created_at)), (ADMINS, number(self.admins))],
        )
    }
}

impl Readable for Organization {
    const NAME: &'static str = "organization";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: reader.behind(PK, prefix::ORGANIZATION)?,
            name: reader.owned(NAME)?,
            created_at: reader.time(CREATED_AT)?,
            admins: reader.number(ADMINS)?,
        })
    }
}

/// One copy of a policy.
pub(crate) struct PolicyCopy<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) copy: u8,
}

impl PolicyCopy<'_> {
    pub(crate) fn to_item(&self) -> Item {
        item(
            Key::policy(self.policy.organization, self.copy),
            None,
            [
                (ORGANIZATION, text(self.policy.organization.to_string())),
                (SUSPENDED, AttributeValue::Bool(self.policy.suspended)),
                (SESSION_SECONDS, number(self.policy.session_seconds)),
                (REFRESH_IDLE_SECONDS, number(self.policy.refresh_idle_seconds)),
                (REFRESH_ABSOLUTE_SECONDS, number(self.policy.refresh_absolute_seconds)),
                (API_KEYS_ALLOWED, AttributeValue::Bool(self.policy.api_keys_allowed)),
                (MAX_KEY_AGE_DAYS, self.policy.max_key_age_days.map_or_else(null, number)),
                (ADDRESSES, addresses::addresses(&self.policy.addresses)),
                (VERSION, number(self.policy.version)),
            ],
        )
    }

    pub(crate) fn read(item: &Item) -> Result<Policy, StoreError> {
        let reader = Reader::new(item, "policy");
        let organization = reader.parsed(ORGANIZATION)?;
        let before = Policy::initial(organization);
        Ok(Policy {
            organization,
            suspended: reader.flag(SUSPENDED)?,
            session_seconds: reader.number(SESSION_SECONDS)?,
            refresh_idle_seconds: reader.added(
                REFRESH_IDLE_SECONDS,
                before.refresh_idle_seconds,
                Reader::number,
            )?,
            refresh_absolute_seconds: reader.added(
                REFRESH_ABSOLUTE_SECONDS,
                before.refresh_absolute_seconds,
                Reader::number,
            )?,
            api_keys_allowed: reader.added(API_KEYS_ALLOWED, before.api_keys_allowed, Reader::flag)?,
            max_key_age_days: reader.added(MAX_KEY_AGE_DAYS, before.max_key_age_days, |reader, name| {
                reader.nullable(name, Reader::number)
            })?,
            addresses: reader.added(ADDRESSES, before.addresses, addresses::read)?,
            version: reader.number(VERSION)?,
        })
    }
}

impl Record for Space {
    fn to_item(&self) -> Item {
        item(
            Key::space(self.organization, &self.slug),
            None,
            [
                (ID, text(self.id.to_string())),
                (NAME, text(&self.name)),
                (CREATED_AT, time(self.created_at)),
                (ADMINS, number(self.admins)),
                (MEMBERS, number(self.members)),
                (DELETING, AttributeValue::Bool(self.deleting)),
            ],
        )
    }
}

impl Readable for Space {
    const NAME: &'static str = "space";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: reader.parsed(ID)?,
            organization: reader.behind(PK, prefix::ORGANIZATION)?,
            slug: reader.behind(SK, prefix::SPACE)?,
            name: reader.owned(NAME)?,
            created_at: reader.time(CREATED_AT)?,
            admins: reader.number(ADMINS)?,
            // Below zero in a space whose first members an earlier release did not count.
            members: reader
                .added(MEMBERS, 0, Reader::number::<i64>)
                .map(|members| u32::try_from(members).unwrap_or(0))?,
            deleting: reader.added(DELETING, false, Reader::flag)?,
        })
    }
}

impl Record for Membership {
    fn to_item(&self) -> Item {
        item(
            Key::membership(self.user, &self.slug),
            Some(membership_index(self.organization, &self.slug, self.user)),
            [
                (ORGANIZATION, text(self.organization.to_string())),
                (SPACE, text(self.space.to_string())),
                (ROLE, text(self.role.as_str())),
            ],
        )
    }
}

impl Readable for Membership {
    const NAME: &'static str = "membership";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            user: reader.behind(PK, prefix::USER)?,
            organization: reader.parsed(ORGANIZATION)?,
            slug: reader.behind(SK, prefix::SPACE)?,
            space: reader.parsed(SPACE)?,
            role: reader.word(ROLE, SpaceRole::parse)?,
        })
    }
}
