//! Audit events.

use super::{Readable, Reader, Record, item};
use crate::{
    StoreError,
    item::{
        ACTION, ACTOR, AT, CREDENTIAL, DETAILS, Item, Key, ORGANIZATION, SK, SOURCE_ADDRESS, TARGET, null,
        text, time,
    },
};
use auth::{
    audit::{Action, Actor, AuditEvent},
    decide::CredentialId,
};
use aws_sdk_dynamodb::types::AttributeValue;

impl Record for AuditEvent {
    fn to_item(&self) -> Item {
        let details = self.details.iter().map(|(name, value)| (name.clone(), text(value)));
        item(
            Key::audit(self.organization, self.at, &self.id),
            None,
            [
                (ORGANIZATION, text(self.organization.to_string())),
                (AT, time(self.at)),
                (ACTOR, text(self.actor.to_string())),
                (CREDENTIAL, self.credential.map_or_else(null, |it| text(it.to_string()))),
                (ACTION, text(self.action.as_str())),
                (TARGET, text(&self.target)),
                (SOURCE_ADDRESS, text(&self.source_address)),
                (DETAILS, AttributeValue::M(details.collect())),
            ],
        )
    }
}

impl Readable for AuditEvent {
    const NAME: &'static str = "audit event";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        let details = reader.value(DETAILS)?.as_m().map_err(|_| reader.corrupt(DETAILS))?;
        let details = details
            .iter()
            .map(|(name, value)| value.as_s().map(|value| (name.clone(), value.clone())))
            .collect::<Result<_, _>>();
        Ok(Self {
            id: reader.owned(SK)?,
            organization: reader.parsed(ORGANIZATION)?,
            at: reader.time(AT)?,
            actor: reader.word(ACTOR, Actor::parse)?,
            credential: reader.nullable(CREDENTIAL, |reader, attribute| {
                reader.word(attribute, |text| {
                    let key = text.parse().ok().map(CredentialId::ApiKey);
                    key.or_else(|| text.parse().ok().map(CredentialId::Session))
                })
            })?,
            action: reader.word(ACTION, Action::parse)?,
            target: reader.owned(TARGET)?,
            source_address: reader.owned(SOURCE_ADDRESS)?,
            details: details.map_err(|_| reader.corrupt(DETAILS))?,
        })
    }
}
