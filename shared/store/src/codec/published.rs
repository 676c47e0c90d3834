//! The public signing keys and the base URL.

use super::{Readable, Reader, Record, item};
use crate::{
    Published, StoreError,
    item::{BASE_URL, ID, Item, KEYS, Key, RETIRE_AT, SIGN_FROM, VERSION, X, Y, null, number, text, time},
};
use auth::signing::PublicKey;
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use std::collections::HashMap;

impl Record for Published {
    fn to_item(&self) -> Item {
        item(
            Key::signing_keys(),
            None,
            [
                (BASE_URL, text(&self.base_url)),
                (KEYS, AttributeValue::L(self.keys.iter().map(public_key).collect())),
                (VERSION, number(self.version)),
            ],
        )
    }
}

impl Readable for Published {
    const NAME: &'static str = "signing keys";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            base_url: reader.owned(BASE_URL)?,
            keys: reader.list(KEYS, |value| reader.map(KEYS, value, read_public_key))?,
            version: reader.number(VERSION)?,
        })
    }
}

fn public_key(key: &PublicKey) -> AttributeValue {
    AttributeValue::M(HashMap::from([
        (ID.to_owned(), text(&key.kid)),
        (X.to_owned(), AttributeValue::B(Blob::new(key.x))),
        (Y.to_owned(), AttributeValue::B(Blob::new(key.y))),
        (SIGN_FROM.to_owned(), time(key.sign_from)),
        (RETIRE_AT.to_owned(), key.retire_at.map_or_else(null, time)),
    ]))
}

fn read_public_key(reader: &Reader<'_>) -> Result<PublicKey, StoreError> {
    let coordinate = |attribute| reader.bytes(attribute)?.try_into().map_err(|_| reader.corrupt(attribute));
    Ok(PublicKey {
        kid: reader.owned(ID)?,
        x: coordinate(X)?,
        y: coordinate(Y)?,
        sign_from: reader.time(SIGN_FROM)?,
        retire_at: reader.nullable(RETIRE_AT, Reader::time)?,
    })
}
