//! What a key may make of other keys: nothing broader than itself.
//!
//! Otherwise a narrow key would only have to create, or rotate, a broad one to obtain its secret.

use crate::{
    address::Addresses,
    records::{KeySpaces, StoredKey},
};
use time::OffsetDateTime;

/// How far a key reaches, be it stored or asked for.
#[derive(Debug, Clone, Copy)]
pub struct Reach<'a> {
    /// Whether it only reads.
    pub read_only: bool,
    /// Which spaces.
    pub spaces: &'a KeySpaces,
    /// Until when; `None` is without end.
    pub expires_at: Option<OffsetDateTime>,
    /// From where.
    pub addresses: &'a Addresses,
}

impl StoredKey {
    /// How far this key reaches.
    pub const fn reach(&self) -> Reach<'_> {
        Reach {
            read_only: self.read_only,
            spaces: &self.spaces,
            expires_at: self.expires_at,
            addresses: &self.addresses,
        }
    }
}

impl Reach<'_> {
    /// Whether this reach includes all of `other`'s: access, spaces, life and addresses.
    pub fn covers(&self, other: &Reach<'_>) -> bool {
        let access = !self.read_only || other.read_only;
        let spaces = match (self.spaces, other.spaces) {
            (KeySpaces::All, _) => true,
            (KeySpaces::Only(_), KeySpaces::All) => false,
            (mine @ KeySpaces::Only(_), KeySpaces::Only(others)) => {
                others.iter().all(|it| mine.contains(it.id))
            }
        };
        let life = match (self.expires_at, other.expires_at) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(mine), Some(other)) => other <= mine,
        };
        access && spaces && life && self.addresses.covers(other.addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{Slug, SpaceId},
        records::KeySpace,
    };
    use time::macros::datetime;

    fn only(ids: &[u64]) -> KeySpaces {
        KeySpaces::Only(
            ids.iter()
                .map(|id| KeySpace {
                    id: SpaceId::from_bits(*id),
                    slug: format!("space-{id}").parse::<Slug>().unwrap(),
                })
                .collect(),
        )
    }

    #[test]
    fn a_key_covers_itself_and_nothing_broader() {
        let soon = Some(datetime!(2030-01-01 00:00 UTC));
        let late = Some(datetime!(2031-01-01 00:00 UTC));
        let (all, one, two) = (KeySpaces::All, only(&[1]), only(&[1, 2]));
        let reach = |read_only, spaces, expires_at| Reach {
            read_only,
            spaces,
            expires_at,
            addresses: &Addresses::Any,
        };
        for (mine, others, covers) in [
            (reach(false, &all, None), reach(false, &all, None), true),
            (reach(false, &all, None), reach(true, &one, soon), true),
            (reach(true, &all, None), reach(false, &all, None), false),
            (reach(true, &all, None), reach(true, &all, None), true),
            (reach(false, &one, None), reach(false, &all, None), false),
            (reach(false, &one, None), reach(false, &two, None), false),
            (reach(false, &two, None), reach(false, &one, None), true),
            (reach(false, &all, soon), reach(false, &all, None), false),
            (reach(false, &all, soon), reach(false, &all, late), false),
            (reach(false, &all, late), reach(false, &all, soon), true),
        ] {
            assert_eq!(mine.covers(&others), covers, "{mine:?} over {others:?}");
        }
    }
    #[test]
    fn a_key_covers_no_address_from_where_it_may_not_be_used_itself() {
        let list = |text: &str| Addresses::parse(&[text]).unwrap();
        let (any, wide, narrow) = (Addresses::Any, list("10.0.0.0/8"), list("10.1.0.0/16"));
        let reach =
            |addresses| Reach { read_only: false, spaces: &KeySpaces::All, expires_at: None, addresses };
        for (mine, others, covers) in [
            (&any, &any, true),
            (&any, &narrow, true),
            (&wide, &wide, true),
            (&wide, &narrow, true),
            (&wide, &any, false),
            (&narrow, &wide, false),
        ] {
            assert_eq!(reach(mine).covers(&reach(others)), covers, "{mine:?} over {others:?}");
        }
    }
}
