//! Organizations, their policies, their spaces and who is in them.

use super::{Readable, Reader, Record, item};
use crate::{
    StoreError,
    item::{
        ADMINS, CREATED_AT, ID, Item, Key, NAME, ORGANIZATION, PK, ROLE, SESSION_SECONDS, SK, SPACE,
        SUSPENDED, VERSION, membership_index, number, prefix, text, time,
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
                (VERSION, number(self.policy.version)),
            ],
        )
    }

    pub(crate) fn read(item: &Item) -> Result<Policy, StoreError> {
        let reader = Reader::new(item, "policy");
        Ok(Policy {
            organization: reader.parsed(ORGANIZATION)?,
            suspended: reader.flag(SUSPENDED)?,
            session_seconds: reader.number(SESSION_SECONDS)?,
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
