//! Lists of networks.

use super::Reader;
use crate::{StoreError, item::text};
use auth::address::Addresses;
use aws_sdk_dynamodb::types::AttributeValue;

/// The word for [`Addresses::Any`]. Restricted is a list; there is no third, and none is a default.
const ANY: &str = "any";

/// The value of a list of networks.
pub(crate) fn addresses(addresses: &Addresses) -> AttributeValue {
    match addresses {
        Addresses::Any => text(ANY),
        Addresses::Only(networks) => {
            AttributeValue::L(networks.iter().map(|it| text(it.to_string())).collect())
        }
    }
}

/// The list of networks of an attribute.
pub(crate) fn read(reader: &Reader<'_>, attribute: &'static str) -> Result<Addresses, StoreError> {
    match reader.value(attribute)? {
        AttributeValue::S(word) if word == ANY => Ok(Addresses::Any),
        _ => reader
            .list(attribute, |value| {
                let network = value.as_s().ok().and_then(|it| it.parse().ok());
                network.ok_or(reader.corrupt(attribute))
            })
            .map(Addresses::Only),
    }
}
