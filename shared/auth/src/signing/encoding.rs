//! Coordinates and times as the ring and the table spell them: one spelling each.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, de::Error};
use std::borrow::Cow;
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// 32 bytes in base64url, without padding.
pub(super) fn coordinate<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
    let text = Cow::<'_, str>::deserialize(deserializer)?;
    let bytes = URL_SAFE_NO_PAD.decode(text.as_ref()).map_err(|_| D::Error::custom("not base64url"))?;
    bytes.try_into().map_err(|_| D::Error::custom("not 32 bytes"))
}

/// A time in RFC 3339, in UTC and whole seconds.
pub(super) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OffsetDateTime, D::Error> {
    let text = Cow::<'_, str>::deserialize(deserializer)?;
    read_time(&text).ok_or_else(|| D::Error::custom("not a time in UTC and whole seconds"))
}

/// As [`time`], or null. The member must be there.
pub(super) fn optional_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<OffsetDateTime>, D::Error> {
    let text = Option::<Cow<'_, str>>::deserialize(deserializer)?;
    let wrong = || D::Error::custom("not a time in UTC and whole seconds");
    text.map(|text| read_time(&text).ok_or_else(wrong)).transpose()
}

/// The spelling that is read back; what is finer than a second is cut.
pub(super) fn write_time(time: OffsetDateTime) -> String {
    let utc = time.checked_to_offset(UtcOffset::UTC).unwrap_or(time);
    let (date, clock) = (utc.date(), utc.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second(),
    )
}

fn read_time(text: &str) -> Option<OffsetDateTime> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    (write_time(time) == text).then_some(time)
}
