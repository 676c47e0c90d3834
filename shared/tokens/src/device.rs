//! What a `User-Agent` says about the machine, for a person who looks through their sessions. It is a claim of
//! the client's: nothing is decided by it.

use serde::Serialize;
use woothee::parser::Parser;

/// A browser on an operating system.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Device<'a> {
    /// Such as `Firefox`; `null` where it cannot be told.
    browser: Option<&'a str>,
    /// Such as `Linux`; `null` where it cannot be told.
    os: Option<&'a str>,
    kind: Kind,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Desktop,
    Mobile,
    Tablet,
    Bot,
    Unknown,
}

impl<'a> Device<'a> {
    /// The device of this `User-Agent`.
    pub(crate) fn of(user_agent: &'a str) -> Self {
        let Some(found) = Parser::new().parse(user_agent) else {
            return Self { browser: None, os: None, kind: Kind::Unknown };
        };
        let known = |text: &'a str| Some(text).filter(|it| !it.is_empty() && *it != "UNKNOWN");
        let kind = match found.category {
            "pc" => Kind::Desktop,
            // The library knows these tablets by their system only; others it counts among the phones.
            _ if found.os == "iPad" => Kind::Tablet,
            "smartphone" | "mobilephone" => Kind::Mobile,
            "crawler" => Kind::Bot,
            _ => Kind::Unknown,
        };
        Self { browser: known(found.name), os: known(found.os), kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_told_by_its_words() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(
            Device::of(firefox),
            Device { browser: Some("Firefox"), os: Some("Linux"), kind: Kind::Desktop }
        );
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 \
                      (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(
            Device::of(iphone),
            Device { browser: Some("Safari"), os: Some("iPhone"), kind: Kind::Mobile }
        );
        let ipad = "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                    Version/17.0 Mobile/15E148 Safari/604.1";
        assert_eq!(
            Device::of(ipad),
            Device { browser: Some("Safari"), os: Some("iPad"), kind: Kind::Tablet }
        );
        for nothing in ["", "-", "\u{202e}", "<img src=x onerror=alert(1)>"] {
            assert_eq!(Device::of(nothing).browser, None, "{nothing}");
        }
    }
}
