//! Where a caller is: lists of networks that may call, and an address as attempts are counted by it.

use ipnet::IpNet;
use std::{convert::Infallible, fmt, net::IpAddr, str::FromStr};

/// Most networks of one list: it is read with every decision.
pub const MAX_NETWORKS: usize = 64;

/// From which addresses a credential, or an organization's credentials, may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addresses {
    /// From anywhere.
    Any,
    /// From these networks. Empty admits nobody.
    Only(Vec<IpNet>),
}

/// Why a list of networks is refused; `Display` is for the one who wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// None, or more than 64.
    #[error("must hold 1 to {MAX_NETWORKS} networks")]
    Count,
    /// An entry that is no address and no network in CIDR notation, or has bits set behind its prefix.
    #[error("must hold IPv4 or IPv6 networks such as 203.0.113.0/24 or 2001:db8::/32")]
    Network,
}

impl Addresses {
    /// The list of these networks: each `address/prefix` without bits behind the prefix (RFC 4632 §3.1), or a
    /// plain address. An IPv4-mapped IPv6 network is refused: what it admits, its IPv4 form says.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn parse<T: AsRef<str>>(list: &[T]) -> Result<Self, AddressError> {
        if !(1..=MAX_NETWORKS).contains(&list.len()) {
            return Err(AddressError::Count);
        }
        list.iter().map(|text| network(text.as_ref())).collect::<Result<_, _>>().map(Self::Only)
    }

    /// Whether a request from `source` may come. An unknown source is admitted by [`Addresses::Any`] alone.
    pub fn admit(&self, source: Option<IpAddr>) -> bool {
        match (self, source) {
            (Self::Any, _) => true,
            (Self::Only(_), None) => false,
            // RFC 4291 §2.5.5.2: an IPv4-mapped address is the IPv4 address.
            (Self::Only(networks), Some(source)) => {
                networks.iter().any(|it| it.contains(&source.to_canonical()))
            }
        }
    }

    /// Its networks as people write them; `None` is [`Addresses::Any`].
    pub fn texts(&self) -> Option<Vec<String>> {
        match self {
            Self::Any => None,
            Self::Only(networks) => Some(networks.iter().map(ToString::to_string).collect()),
        }
    }

    /// Whether all that `other` admits, this admits.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (Self::Only(_), Self::Any) => false,
            (Self::Only(mine), Self::Only(others)) => {
                others.iter().all(|other| mine.iter().any(|it| it.contains(other)))
            }
        }
    }
}

fn network(text: &str) -> Result<IpNet, AddressError> {
    let network: IpNet = match text.parse::<IpAddr>() {
        Ok(address) => address.into(),
        Err(_) => text.parse().map_err(|_| AddressError::Network)?,
    };
    let mapped = matches!(network, IpNet::V6(it) if it.addr().to_ipv4_mapped().is_some());
    // Bits behind the prefix: somebody meant another network, or an address.
    if network.trunc() != network || mapped { Err(AddressError::Network) } else { Ok(network) }
}

/// An address as attempts are counted by it: IPv4 whole, IPv6 by its /64, which is what one host has to choose
/// from (RFC 4291 §2.5.4).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AddressKey(String);

impl AddressKey {
    /// The key of an address. Unknown ones share one.
    pub fn of(source: Option<IpAddr>) -> Self {
        Self(match source.map(|it| it.to_canonical()) {
            None => "unknown".to_owned(),
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        })
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AddressKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The key that was stored as this text.
impl FromStr for AddressKey {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipnet::{Ipv4Net, Ipv6Net};
    use proptest::prelude::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    fn only(list: &[&str]) -> Addresses {
        Addresses::parse(list).unwrap()
    }

    fn admits(list: &Addresses, address: &str) -> bool {
        list.admit(Some(address.parse().unwrap()))
    }

    #[test]
    fn a_list_admits_its_networks_and_nobody_else() {
        let list = only(&["203.0.113.0/24", "2001:db8::/32", "198.51.100.7"]);
        for inside in ["203.0.113.0", "203.0.113.255", "2001:db8:1::1", "198.51.100.7", "::ffff:203.0.113.9"]
        {
            assert!(admits(&list, inside), "{inside}");
        }
        for outside in ["203.0.114.0", "2001:db9::1", "198.51.100.8", "::1", "::203.0.113.9"] {
            assert!(!admits(&list, outside), "{outside}");
        }
        assert!(!list.admit(None) && Addresses::Any.admit(None));
        assert_eq!(list.texts().unwrap(), ["203.0.113.0/24", "2001:db8::/32", "198.51.100.7/32"]);
        assert!(!admits(&Addresses::Only(Vec::new()), "203.0.113.1"));
    }

    #[test]
    fn a_list_is_of_networks_without_bits_behind_their_prefix() {
        for text in
            ["203.0.113.1/24", "203.0.113.0/33", "203.0.113", "host", "", "::ffff:1.2.3.0/120", " 1.2.3.4"]
        {
            assert_eq!(Addresses::parse(&[text]), Err(AddressError::Network), "{text}");
        }
        assert_eq!(Addresses::parse::<&str>(&[]), Err(AddressError::Count));
        assert_eq!(Addresses::parse(&["1.2.3.4"; MAX_NETWORKS + 1]), Err(AddressError::Count));
    }

    #[test]
    fn a_list_covers_what_lies_within_it() {
        let wide = only(&["10.0.0.0/8", "2001:db8::/32"]);
        assert!(wide.covers(&only(&["10.1.0.0/16", "2001:db8:1::/48"])) && wide.covers(&wide));
        assert!(!wide.covers(&only(&["10.1.0.0/16", "11.0.0.0/8"])) && !wide.covers(&Addresses::Any));
        assert!(!wide.covers(&only(&["0.0.0.0/0"])));
        assert!(Addresses::Any.covers(&wide) && Addresses::Any.covers(&Addresses::Any));
    }

    #[test]
    fn attempts_are_counted_by_address_and_by_slash_64() {
        let key = |text: &str| AddressKey::of(Some(text.parse().unwrap()));
        assert_eq!(key("2001:db8:0:1::1"), key("2001:db8:0:1:ffff::9"));
        assert_ne!(key("2001:db8:0:1::1"), key("2001:db8:0:2::1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_eq!(key("192.0.2.1").as_str(), "192.0.2.1");
        assert_eq!(key("2001:db8:0:1::1").to_string().parse(), Ok(key("2001:db8:0:1::1")));
    }
    fn a_network() -> impl Strategy<Value = IpNet> {
        // Few bits, so that networks lie within each other often.
        let v4 = (0_u32..16, 0_u8..=32).prop_map(|(bits, prefix)| {
            Ipv4Net::new_assert(Ipv4Addr::from_bits(bits << 28 | bits), prefix).trunc().into()
        });
        let v6 = (0_u128..16, 0_u8..=128).prop_map(|(bits, prefix)| {
            Ipv6Net::new_assert(Ipv6Addr::from_bits(bits << 124 | bits), prefix).trunc().into()
        });
        prop_oneof![v4, v6]
    }

    proptest! {
        #[test]
        fn what_a_covered_list_admits_its_cover_admits(
            mine in prop::collection::vec(a_network(), 0..5),
            other in prop::collection::vec(a_network(), 0..5),
        ) {
            let ends: Vec<_> = other.iter().flat_map(|it| [it.network(), it.broadcast()]).collect();
            let (mine, other) = (Addresses::Only(mine), Addresses::Only(other));
            if mine.covers(&other) {
                prop_assert!(ends.iter().all(|end| mine.admit(Some(*end)) || end.to_canonical() != *end));
            }
            prop_assert!(mine.covers(&mine) && Addresses::Any.covers(&mine) && !mine.covers(&Addresses::Any));
        }

        #[test]
        fn a_list_comes_back_from_its_texts(networks in prop::collection::vec(a_network(), 1..=64)) {
            let list = Addresses::Only(networks);
            let texts = list.texts().unwrap();
            match Addresses::parse(&texts) {
                Ok(again) => prop_assert_eq!(again, list),
                // An IPv4-mapped one is not spelled so.
                Err(error) => prop_assert!(texts.iter().any(|it| it.contains("::ffff:")), "{}", error),
            }
        }

        #[test]
        fn no_text_of_a_list_panics(text in ".{0,40}") {
            let _ = Addresses::parse(&[text]);
        }
    }
}
