//! API keys for their whole life.

use super::{
    access::{By, Caller, Scope},
    act::{Act, Wanted},
    rules::Ruled,
    state::{Bearer, KeyNo, Model, Previous, Reach, SecretNo, UserNo},
};
use std::collections::BTreeSet;

/// Who asks, and for whose keys if not for its own.
type For = (Bearer, Option<UserNo>);

impl Model {
    /// Who is let in, and whose keys it is about: of others, only accounts' are made, rotated and renamed.
    fn made_keys_of(&self, of: For, own: Scope, act: &Act) -> Result<(Caller, UserNo), u16> {
        let (caller, owner) = self.keys_of(of, own, act)?;
        if of.1.is_some() {
            self.found(&caller, owner, true)?;
        }
        Ok((caller, owner))
    }

    /// Who is let in, and whose keys it is about.
    fn keys_of(&self, (by, of): For, own: Scope, act: &Act) -> Result<(Caller, UserNo), u16> {
        let scope = if of.is_some() { Scope::Admin } else { own };
        let caller = self.admit(by, act.from, scope.write())?;
        if let Some(user) = of {
            self.found(&caller, user, self.named[&user])?;
        }
        Ok((caller, of.unwrap_or(caller.user)))
    }

    /// A replaced secret makes, rotates and revokes nothing.
    fn current(caller: &Caller) -> Result<(), u16> {
        if matches!(caller.by, By::Key(_, true)) { Err(403) } else { Ok(()) }
    }

    pub(super) fn create_key(&mut self, of: For, wanted: &Wanted, act: &Act) -> Ruled {
        let (caller, owner) = self.made_keys_of(of, Scope::Member, act)?;
        let policy = self.policy_of(caller.user);
        if !policy.keys {
            return Err(403);
        }
        let longest = policy.key_days.map(|days| days * 86_400);
        if wanted.seconds.zip(longest).is_some_and(|(wanted, longest)| wanted > longest) {
            return Err(422);
        }
        Self::current(&caller)?;
        if self.users[&owner].disabled {
            return Err(409);
        }
        let spaces = match &wanted.spaces {
            None => None,
            Some(slugs) => {
                let reached = slugs.iter().map(|slug| self.reached(owner, *slug));
                Some(reached.collect::<Option<Vec<_>>>().ok_or(422_u16)?)
            }
        };
        let ends = wanted.seconds.map(|seconds| self.now + seconds);
        let reach = Reach { read_only: wanted.read_only, spaces, ends, place: wanted.place };
        if caller.key().is_some_and(|key| !self.keys[&key].reach.covers(&reach)) {
            return Err(403);
        }
        let maker = caller.key().filter(|key| self.keys[key].owner == owner);
        self.new_key(owner, maker, reach, act.new);
        Ok(201)
    }

    pub(super) fn rotate_key(&mut self, of: For, key: KeyNo, overlap: i64, act: &Act) -> Ruled {
        let (caller, owner) = self.made_keys_of(of, Scope::Itself(key), act)?;
        let policy = self.policy_of(caller.user).clone();
        if !policy.keys {
            return Err(403);
        }
        Self::current(&caller)?;
        let found = self.keys.get(&key).filter(|it| it.owner == owner && !it.revoked).ok_or(404_u16)?;
        if let Some(calling) = caller.key() {
            let own = calling == key || found.maker == Some(calling);
            let calling = &self.keys[&calling];
            if (calling.owner == owner && !own) || !calling.reach.covers(&found.reach) {
                return Err(403);
            }
        }
        if self.users[&owner].disabled || !self.is_live(key) {
            return Err(409);
        }
        // The old one ends with the overlap, with its key, and when the policy says that it is too old.
        let bounds = [found.reach.ends, policy.key_days.map(|days| found.made + days * 86_400)];
        let until = bounds.into_iter().flatten().fold(self.now + overlap, i64::min);
        let previous = Previous { secret: found.secret, made: found.made, until };
        let (now, secret) = (self.now, SecretNo(act.new));
        let found = self.keys.get_mut(&key).unwrap();
        found.previous = (overlap > 0 && now < until).then_some(previous);
        (found.secret, found.made) = (secret, now);
        self.secrets.insert(secret, key);
        Ok(201)
    }

    pub(super) fn rename_key(&mut self, of: For, key: KeyNo, name: u32, act: &Act) -> Ruled {
        let (_, owner) = self.made_keys_of(of, Scope::Member, act)?;
        let there = |it: &&mut super::state::Key| it.owner == owner && !it.revoked && !it.signed_out;
        self.keys.get_mut(&key).filter(there).ok_or(404_u16)?.name = name;
        Ok(200)
    }

    pub(super) fn revoke_key(&mut self, of: For, key: KeyNo, act: &Act) -> Ruled {
        let (caller, owner) = self.keys_of(of, Scope::Itself(key), act)?;
        Self::current(&caller)?;
        if self.revoke_with_descendants(owner, key) { Ok(204) } else { Err(404) }
    }

    /// Whoever found a secret. The replaced one ends itself only; what a revoked key's was still ends what the key
    /// made.
    pub(super) fn revoke_secret(&mut self, secret: SecretNo) {
        let number = self.secrets[&secret];
        let Some(key) = self.keys.get_mut(&number) else { return };
        if key.secret == secret {
            let owner = key.owner;
            self.revoke_with_descendants(owner, number);
        } else if !key.revoked {
            key.previous.take_if(|it| it.secret == secret);
        }
    }

    /// Whether there was anything to revoke, now or before.
    fn revoke_with_descendants(&mut self, owner: UserNo, root: KeyNo) -> bool {
        let mut ending = self.descendants(owner, root);
        ending.retain(|key| !self.keys[key].revoked);
        let here = self.keys.get(&root).is_some_and(|key| key.owner == owner);
        let found = here || !ending.is_empty();
        ending.extend(here.then_some(root));
        for key in ending {
            self.keys.get_mut(&key).unwrap().revoked = true;
        }
        found
    }

    /// The keys of this user that the root made, directly or through others.
    fn descendants(&self, owner: UserNo, root: KeyNo) -> BTreeSet<KeyNo> {
        let mut found = BTreeSet::new();
        loop {
            let before = found.len();
            for (number, key) in self.keys.iter().filter(|(_, key)| key.owner == owner) {
                if *number != root && key.maker.is_some_and(|maker| maker == root || found.contains(&maker)) {
                    found.insert(*number);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    pub(super) fn move_key(
        &mut self,
        by: Bearer,
        (owner, to): (UserNo, UserNo),
        key: KeyNo,
        act: &Act,
    ) -> Ruled {
        let caller = self.admit(by, act.from, Scope::Admin.write_by_session())?;
        if !self.fresh(&caller) {
            return Err(403);
        }
        self.found(&caller, owner, false)?;
        self.found(&caller, to, true).map_err(|_| 422_u16)?;
        self.keys.get(&key).filter(|it| it.owner == owner && !it.revoked).ok_or(404_u16)?;
        if self.users[&to].disabled || self.users[&owner].disabled || !self.is_live(key) {
            return Err(409);
        }
        // What it made goes along, unless it is of no use any more.
        let all = self.descendants(owner, key);
        let mut moving = BTreeSet::from([key]);
        for candidate in &all {
            let below = self.descendants(owner, *candidate);
            let of_use = |key: &KeyNo| self.is_live(*key);
            if !self.keys[candidate].revoked && (of_use(candidate) || below.iter().any(of_use)) {
                moving.insert(*candidate);
            }
        }
        for number in &moving {
            let key = self.keys.get_mut(number).unwrap();
            key.owner = to;
            key.left.push(owner);
            key.maker = key.maker.filter(|maker| moving.contains(maker));
        }
        Ok(200)
    }
}
