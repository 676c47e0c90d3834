//! What holds of a table whenever anybody looks, also between two writes of one request.
//!
//! Counts equal what they count, what refers to something finds it, and what grants access belongs to somebody who is
//! there.

use super::table::RawItem;
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The items of a table by their keys.
struct Items(BTreeMap<(String, String), RawItem>);

/// Fails where one of the rules is broken.
pub(crate) fn check(items: Vec<RawItem>, what: &str) {
    let items = items.into_iter().map(|item| ((text(&item, "pk"), text(&item, "sk")), item));
    let items = Items(items.collect());
    items.emails_have_their_users(what);
    items.admins_are_counted(what);
    items.members_are_counted(what);
    items.credentials_have_their_users(what);
    items.sessions_are_whole(what);
    items.moved_keys_are_found(what);
    items.copies_of_a_policy_are_equal(what);
}

/// The live keys whose maker is a tombstone or gone: a revocation that is not at its end.
pub(crate) fn orphans(items: &[RawItem]) -> Vec<String> {
    let live: BTreeSet<_> = items.iter().filter(|it| is_live_key(it)).map(key_id).collect();
    let orphan = |it: &&RawItem| is_live_key(it) && maker(it).is_some_and(|maker| !live.contains(&maker));
    items.iter().filter(orphan).map(key_id).collect()
}

impl Items {
    fn at(&self, pk: &str, sk: &str) -> Option<&RawItem> {
        self.0.get(&(pk.to_owned(), sk.to_owned()))
    }

    fn of(&self, pk: &str, sk: &str) -> impl Iterator<Item = (&str, &str, &RawItem)> {
        let all = self.0.iter().map(|((pk, sk), item)| (pk.as_str(), sk.as_str(), item));
        all.filter(move |it| it.0.starts_with(pk) && it.1.starts_with(sk))
    }

    fn users(&self) -> impl Iterator<Item = (&str, &RawItem)> {
        self.of("USER#", "PROFILE").map(|(pk, _, item)| (&pk["USER#".len()..], item))
    }

    fn emails_have_their_users(&self, what: &str) {
        for (id, user) in self.users() {
            let claim = self.at(&format!("EMAIL#{}", text(user, "email")), "EMAIL");
            assert_eq!(claim.map(|it| text(it, "user")).as_deref(), Some(id), "{what}: the email of {id}");
            if user.contains_key("deleting") {
                assert!(flag(user, "disabled"), "{what}: {id} is being deleted and may log in");
            }
        }
        for (pk, _, claim) in self.of("EMAIL#", "EMAIL") {
            let user = self.at(&format!("USER#{}", text(claim, "user")), "PROFILE");
            assert!(user.is_some(), "{what}: {pk} is nobody's");
        }
    }

    fn admins_are_counted(&self, what: &str) {
        for (pk, _, organization) in self.of("ORG#", "ORGANIZATION") {
            let active = |user: &RawItem| {
                format!("ORG#{}", text(user, "organization")) == pk
                    && text(user, "kind") == "human"
                    && text(user, "organization_role") == "admin"
                    && !flag(user, "disabled")
            };
            let admins = self.users().filter(|(_, user)| active(user)).count();
            assert_eq!(number(organization, "admins"), admins, "{what}: admins of {pk}");
        }
    }

    fn members_are_counted(&self, what: &str) {
        let mut members: HashMap<String, (usize, usize)> = HashMap::new();
        for (pk, sk, membership) in self.of("USER#", "SPACE#") {
            assert!(self.at(pk, "PROFILE").is_some(), "{what}: {sk} of {pk}, who is not there");
            let counts = members.entry(text(membership, "space")).or_default();
            counts.0 += 1;
            counts.1 += usize::from(text(membership, "role") == "admin");
        }
        for (_, sk, space) in self.of("ORG#", "SPACE#") {
            let counted = (number(space, "members"), number(space, "admins"));
            let members = members.get(&text(space, "id")).copied().unwrap_or_default();
            assert_eq!(counted, members, "{what}: members and admins of {sk}");
        }
    }

    fn credentials_have_their_users(&self, what: &str) {
        for (pk, sk, item) in self.of("USER#", "") {
            // A forwarding stays behind who was deleted.
            if sk != "PROFILE" && !item.contains_key("moved_to") {
                assert!(self.at(pk, "PROFILE").is_some(), "{what}: {sk} of {pk}, who is not there");
            }
        }
        for (pk, ..) in self.of("PASSWORD#", "PASSWORD") {
            let user = format!("USER#{}", &pk["PASSWORD#".len()..]);
            assert!(self.at(&user, "PROFILE").is_some(), "{what}: {pk} of nobody");
        }
    }

    fn sessions_are_whole(&self, what: &str) {
        let sessions: BTreeSet<_> = self
            .of("USER#", "SESSION#")
            .filter(|(_, _, item)| text(item, "kind") == "full")
            .map(|(_, sk, _)| sk["SESSION#".len()..].to_owned())
            .collect();
        let states = self.of("SESSIONSECRET#", "SESSIONSECRET").map(|(pk, ..)| &pk["SESSIONSECRET#".len()..]);
        assert_eq!(states.map(str::to_owned).collect::<BTreeSet<_>>(), sessions, "{what}: refresh states");
    }

    fn moved_keys_are_found(&self, what: &str) {
        for (pk, sk, item) in self.of("USER#", "KEY#") {
            if let Some(AttributeValue::S(to)) = item.get("moved_to") {
                let key = self
                    .at(&format!("USER#{to}"), sk)
                    .unwrap_or_else(|| panic!("{what}: {sk} of {pk} is lost"));
                assert_eq!(text(key, "forwarded_from"), pk["USER#".len()..], "{what}: {sk}");
            } else if let Some(AttributeValue::S(from)) = item.get("forwarded_from")
                && is_live_key(item)
            {
                let way = self.at(&format!("USER#{from}"), sk).map(|way| text(way, "moved_to"));
                assert_eq!(way.as_deref(), Some(&pk["USER#".len()..]), "{what}: the way to {sk}");
            }
        }
    }

    fn copies_of_a_policy_are_equal(&self, what: &str) {
        let mut copies: HashMap<String, Vec<RawItem>> = HashMap::new();
        for (pk, _, copy) in self.of("ORG#", "POLICY") {
            let (organization, _) = pk.rsplit_once('#').unwrap();
            let mut copy = copy.clone();
            copy.remove("pk");
            copies.entry(organization.to_owned()).or_default().push(copy);
        }
        for (pk, copies) in copies {
            assert_eq!(copies.len(), 16, "{what}: policies of {pk}");
            assert!(copies.iter().all(|copy| *copy == copies[0]), "{what}: policies of {pk} differ");
        }
    }
}

fn text(item: &RawItem, name: &str) -> String {
    item.get(name).unwrap_or_else(|| panic!("no {name} in {item:?}")).as_s().unwrap().clone()
}

fn number(item: &RawItem, name: &str) -> usize {
    item[name].as_n().unwrap().parse().unwrap()
}

fn flag(item: &RawItem, name: &str) -> bool {
    *item[name].as_bool().unwrap()
}

fn key_id(item: &RawItem) -> String {
    text(item, "sk")
}

fn is_live_key(item: &RawItem) -> bool {
    text(item, "sk").starts_with("KEY#") && item.contains_key("hash") && item["revoked_at"].is_null()
}

fn maker(item: &RawItem) -> Option<String> {
    item["created_by_key"].as_s().ok().map(|id| format!("KEY#{id}"))
}
