//! Accounts to be refused, a new one for each attempt.

use anyhow::{Result, ensure};
use argon2::{Algorithm, Argon2, Params, Version};
use auth::{
    access::OrganizationRole,
    ids::{OrganizationId, UserId},
    password::{Hasher, Password, PasswordHash, generate_first},
    records::{Organization, Policy, StoredPassword, User, UserKind},
    throttle::MAX_FAILURES,
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use edge::Ambient;
use store::{Created, Store};
use time::OffsetDateTime;

/// Why a login is refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    WrongPassword,
    UnknownEmail,
    DisabledUser,
    ServiceAccount,
    DisabledPassword,
    /// A hash of the least cost that is accepted.
    LeastCost,
    /// A hash at OWASP's third choice: less memory, more passes.
    OtherCost,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] = [
        Self::WrongPassword,
        Self::UnknownEmail,
        Self::DisabledUser,
        Self::ServiceAccount,
        Self::DisabledPassword,
        Self::LeastCost,
        Self::OtherCost,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong password",
            Self::UnknownEmail => "unknown email",
            Self::DisabledUser => "disabled user, right password",
            Self::ServiceAccount => "service account",
            Self::DisabledPassword => "disabled password, right password",
            Self::LeastCost => "outdated hash, m=8192 t=1",
            Self::OtherCost => "outdated hash, m=12288 t=3",
        }
    }
}

/// What the accounts have in common.
pub(crate) struct Seed {
    organization: OrganizationId,
    current: PasswordHash,
    least: PasswordHash,
    other: PasswordHash,
    /// Everybody's password, and nobody's.
    right: String,
    wrong: String,
    now: OffsetDateTime,
}

impl Seed {
    pub(crate) async fn plant(store: &Store) -> Result<Self> {
        let Ambient { now, mut rng } = Ambient::system()?;
        let right = generate_first(&mut rng);
        let password: Password = right.parse()?;
        let seed = Self {
            organization: OrganizationId::generate(&mut rng),
            current: Hasher::new().hash(&password, &mut rng)?,
            least: hash(&right, 8192, 1)?,
            other: hash(&right, 12_288, 3)?,
            wrong: generate_first(&mut rng).to_string(),
            right: right.to_string(),
            now,
        };
        let admin = seed.user("admin@example.test", UserKind::Human)?;
        let organization =
            Organization { id: seed.organization, name: "Bench".to_owned(), created_at: now, admins: 1 };
        let admin = User { organization_role: OrganizationRole::Admin, ..admin };
        let policy = Policy::initial(seed.organization);
        ensure!(
            store.create_organization(&organization, &policy, &admin, None).await? == Created::Done,
            "the organization is there already"
        );
        Ok(seed)
    }

    /// What is tried on an account of this kind: the right password, where that is not enough.
    pub(crate) fn password(&self, kind: Kind) -> &str {
        match kind {
            Kind::DisabledUser | Kind::DisabledPassword => &self.right,
            _ => &self.wrong,
        }
    }

    /// The right password and its hash, as every account has it.
    pub(crate) fn right(&self) -> Result<(Password, PasswordHash)> {
        Ok((self.right.parse()?, self.current.clone()))
    }

    /// The right password's text.
    pub(crate) fn text(&self) -> &str {
        &self.right
    }

    /// The email of a new account of this kind. Each costs the same writes, that of nobody too.
    pub(crate) async fn account(&self, store: &Store, kind: Kind, number: u32) -> Result<String> {
        let email = format!("account-{number:06}@example.test");
        let planted = if kind == Kind::UnknownEmail {
            format!("other-{number:06}@example.test")
        } else {
            email.clone()
        };
        let user_kind = if kind == Kind::ServiceAccount { UserKind::ServiceAccount } else { UserKind::Human };
        let user = self.user(&planted, user_kind)?;
        let user = User { disabled: kind == Kind::DisabledUser, ..user };
        let hash = match kind {
            Kind::LeastCost => &self.least,
            Kind::OtherCost => &self.other,
            _ => &self.current,
        };
        let mut password = StoredPassword::new(user.id, hash.clone(), false);
        if kind == Kind::DisabledPassword {
            password.failures = MAX_FAILURES;
        }
        let password = (kind != Kind::ServiceAccount).then_some(&password);
        ensure!(store.create_user(&user, password).await? == Created::Done, "the user is there already");
        Ok(email)
    }

    fn user(&self, email: &str, kind: UserKind) -> Result<User> {
        Ok(User {
            id: UserId::generate(&mut Ambient::system()?.rng),
            organization: self.organization,
            email: email.parse()?,
            name: "Bench".to_owned(),
            kind,
            organization_role: OrganizationRole::Member,
            disabled: false,
            session_epoch: 0,
            key_epoch: 0,
            created_at: self.now,
        })
    }
}

/// A hash at another cost than the current one.
fn hash(password: &str, memory: u32, passes: u32) -> Result<PasswordHash> {
    const SALT: [u8; 16] = [7; 16];
    let mut output = [0; 32];
    let params = Params::new(memory, passes, 1, None).map_err(|error| anyhow::anyhow!("{error}"))?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), &SALT, &mut output)
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    let (salt, output) = (STANDARD_NO_PAD.encode(SALT), STANDARD_NO_PAD.encode(output));
    Ok(PasswordHash::parse(&format!("$argon2id$v=19$m={memory},t={passes},p=1${salt}${output}"))?)
}
