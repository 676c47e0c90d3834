//! A second opinion on [`auth::decide::decide`]: the same rules, written in [Cedar](https://www.cedarpolicy.com) from
//! the contract, asked about random cases. Where the two differ, one of them is wrong.
//!
//! - `policy.cedar`: the rules
//! - [`facts`]: a case as Cedar reads it. It translates and judges nothing.
//! - [`random`]: cases, of which most are one or two changes away from an allowed one

pub mod facts;
pub mod random;

use auth::decide::{Decision, Path, decide};
use cedar_policy::{Authorizer, Decision as Cedar, Entities, EntityUid, PolicySet, Request};
use random::Case;

/// What both answer: who is let in, 403 or 401. Why not, only the first opinion says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// Go on.
    Allow,
    /// 403.
    Forbidden,
    /// 401.
    Unauthorized,
}

/// What the authorizer says.
pub fn first(case: &Case) -> Answer {
    let path = Path { space: case.space_of_path.as_ref(), id: case.id_of_path.as_deref() };
    match decide(&case.credential, &case.route, &path, &case.records, &case.circumstances) {
        Decision::Allow(_) => Answer::Allow,
        Decision::Forbidden(_) => Answer::Forbidden,
        Decision::Unauthorized(_) => Answer::Unauthorized,
    }
}

/// The rules in Cedar, ready to be asked.
#[derive(Debug)]
pub struct Second {
    authorizer: Authorizer,
    rules: PolicySet,
    nothing: Entities,
    one: EntityUid,
    actions: [EntityUid; 2],
}

/// Why there is no second opinion.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

impl Second {
    /// The rules of `policy.cedar`.
    ///
    /// # Errors
    /// Where they are no Cedar.
    pub fn new() -> Result<Self, Failure> {
        Ok(Self {
            authorizer: Authorizer::new(),
            rules: include_str!("policy.cedar").parse()?,
            nothing: Entities::empty(),
            one: "Qarion::\"any\"".parse()?,
            actions: ["Action::\"authenticate\"".parse()?, "Action::\"use\"".parse()?],
        })
    }

    /// What Cedar says.
    ///
    /// # Errors
    /// Where a rule met something that it could not compute: it is to be written so that this cannot be.
    pub fn answer(&self, case: &Case) -> Result<Answer, Failure> {
        let [authenticate, use_] = &self.actions;
        if !self.permits(authenticate, case)? {
            return Ok(Answer::Unauthorized);
        }
        Ok(if self.permits(use_, case)? { Answer::Allow } else { Answer::Forbidden })
    }

    fn permits(&self, action: &EntityUid, case: &Case) -> Result<bool, Failure> {
        let context = facts::context(case)?;
        let request = Request::new(self.one.clone(), action.clone(), self.one.clone(), context, None)?;
        let response = self.authorizer.is_authorized(&request, &self.rules, &self.nothing);
        // Cedar passes over a rule that fails, a `forbid` as well.
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(error.to_string().into());
        }
        Ok(response.decision() == Cedar::Allow)
    }
}

#[cfg(test)]
mod tests;
