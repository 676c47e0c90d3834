//! Hours and days of UTC, by which is counted, and a place in a list of days.

use std::{fmt, str::FromStr};
use time::{
    Date, OffsetDateTime, Time, UtcOffset, format_description::StaticFormatDescription,
    macros::format_description,
};

const DAY: StaticFormatDescription = format_description!("[year]-[month]-[day]");

/// A day of UTC; its text is `2026-01-02`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// Not the text of a day, of an hour or of a place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a day or hour")]
pub struct PeriodError;

impl Day {
    /// The day of this time.
    pub fn of(at: OffsetDateTime) -> Self {
        Self(at.to_offset(UtcOffset::UTC).date())
    }

    /// So many days before.
    #[must_use]
    pub fn before(self, days: u16) -> Self {
        Self(self.0.saturating_sub(time::Duration::days(days.into())))
    }

    /// Its first moment.
    pub fn start(self) -> OffsetDateTime {
        self.0.midnight().assume_utc()
    }

    /// How many days `later` is behind it; negative where it is before.
    pub fn until(self, later: Self) -> i64 {
        (later.0 - self.0).whole_days()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(date) = self;
        write!(f, "{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
    }
}

impl FromStr for Day {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let day = Date::parse(text, DAY).map(Self).map_err(|_| PeriodError)?;
        // One spelling: no sign and no fifth digit of a year.
        if day.to_string() == text { Ok(day) } else { Err(PeriodError) }
    }
}

/// An hour of UTC; its text is `2026-01-02T03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(Day, u8);

impl Hour {
    /// The hour of this time.
    pub fn of(at: OffsetDateTime) -> Self {
        Self(Day::of(at), at.to_offset(UtcOffset::UTC).hour())
    }

    /// Its day.
    pub const fn day(self) -> Day {
        self.0
    }

    /// Its first moment.
    pub fn start(self) -> OffsetDateTime {
        let time = Time::from_hms(self.1, 0, 0).unwrap_or(Time::MIDNIGHT);
        self.0.start().replace_time(time)
    }
}

impl fmt::Display for Hour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{:02}", self.0, self.1)
    }
}

impl FromStr for Hour {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let (day, hour) = text.split_once('T').ok_or(PeriodError)?;
        let hour = Self(day.parse()?, hour.parse().map_err(|_| PeriodError)?);
        if hour.1 < 24 && hour.to_string() == text { Ok(hour) } else { Err(PeriodError) }
    }
}

/// A place in an organization's list of days: the day and what was counted there. Its text is
/// `2026-01-02#key_…`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayPosition {
    /// The day.
    pub day: Day,
    /// Of what.
    pub name: String,
}

impl fmt::Display for DayPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.day, self.name)
    }
}

impl FromStr for DayPosition {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let (day, name) = text.split_once('#').ok_or(PeriodError)?;
        // DynamoDB takes no longer sort key; ours are far shorter.
        if name.is_empty() || name.len() > 300 {
            return Err(PeriodError);
        }
        Ok(Self { day: day.parse()?, name: name.to_owned() })
    }
}
