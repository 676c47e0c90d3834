//! `POST /admin/users/import`: many people at once, from JSON lines or CSV.
//!
//! 1. `rows`: the body as rows, at most 1,000; `row`: one of them as a user
//! 2. decide: the caller's password was entered within the last minutes
//! 3. write: as many users as fit into one transaction, each with its event, until the rows or the time end
//! 4. respond: what became of each row, and where to go on
//!
//! It is a function of its own because it writes what no other of the administration's may: passwords.

mod row;
mod rows;

use auth::{
    audit::Action,
    decide::Caller,
    email::Email,
    ids::UserId,
    password::PasswordHash,
    records::{StoredPassword, User, UserKind},
};
use edge::{Ambient, Function, Rejection, Request, Response, ambient::Stopwatch, audit, response};
use http::StatusCode;
use row::Row;
use rows::Rows;
use serde::Serialize;
use std::{collections::BTreeSet, time::Duration};
use store::{IMPORT_LIMIT, Imported, NewUser, Store};

/// Largest body, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;
const JSON_LINES: &str = "application/x-ndjson";
const CSV: &str = "text/csv";
/// How long a request writes before it leaves the rest to the next one: below the function's timeout.
const BUDGET: Duration = Duration::from_secs(6);

const TAKEN: &str = "The email address is taken";

/// The function of one process.
pub struct Import {
    store: Store,
    budget: Duration,
}

#[derive(Serialize)]
struct Answer {
    results: Vec<Outcome>,
    next_row: Option<usize>,
}

/// A row and its number; of one that is refused what may be its address.
type Numbered = (usize, Result<Row, (Rejection, Option<Email>)>);

/// What became of a row.
#[derive(Serialize)]
struct Outcome {
    row: usize,
    email: Option<Email>,
    status: &'static str,
    id: Option<UserId>,
    detail: Option<String>,
}

impl Import {
    /// Over this store.
    pub const fn new(store: Store) -> Self {
        Self { store, budget: BUDGET }
    }

    /// The same, which writes for so long before it leaves the rest to the next request.
    #[must_use]
    pub fn writing_for(self, budget: Duration) -> Self {
        Self { budget, ..self }
    }
}

impl Function for Import {
    async fn handle(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        match (request.method().as_str(), request.template()) {
            ("POST", "/admin/users/import") => self.import(request, ambient).await,
            _ => Err(Rejection::NotFound),
        }
    }
}

impl Import {
    async fn import(&self, request: &Request, ambient: &mut Ambient) -> Result<Response, Rejection> {
        let watch = Stopwatch::start();
        let caller = request.caller()?;
        let expected = "application/x-ndjson or text/csv";
        let rows = match request.text([JSON_LINES, CSV], expected, BODY_LIMIT)? {
            (CSV, body) => Rows::of_csv(body)?,
            (_, body) => Rows::of_json_lines(body)?,
        };
        let first = from_row(request, rows.len())?;
        tokens::require_fresh(&self.store, &caller, ambient.now).await?;

        let mut results: Vec<Outcome> = Vec::with_capacity(rows.len());
        let mut next = Some(first);
        while let Some(number) = next {
            // Something is done by each request, so that whoever sends the rest again comes to an end.
            if number > first && u128::from(watch.micros()) >= self.budget.as_micros() {
                break;
            }
            let (some, behind) = some_rows(&rows, number);
            match self.write(some, request, &caller, ambient).await {
                Ok(outcomes) => results.extend(outcomes),
                Err(refused) if number == first => return Err(refused),
                // What is done is not to be lost with what failed; the next request meets the failure first.
                Err(_) => break,
            }
            next = behind;
        }
        Ok(response::json(StatusCode::OK, &Answer { results, next_row: next }))
    }

    /// Makes the users of these rows, of which no two have the same email address.
    async fn write(
        &self,
        rows: Vec<Numbered>,
        request: &Request,
        caller: &Caller,
        ambient: &mut Ambient,
    ) -> Result<Vec<Outcome>, Rejection> {
        let (mut users, mut results) = (Vec::new(), Vec::with_capacity(rows.len()));
        for (number, row) in rows {
            match row {
                Ok(row) => {
                    let user = new_user(&row, request, caller, ambient);
                    results.push(Outcome::of(number, Some(row.email), "created", Some(user.user.id), None));
                    users.push(user);
                }
                Err((refused, email)) => {
                    results.push(Outcome::of(number, email, "refused", None, Some(refused.detail())));
                }
            }
        }
        let written = self.store.import_users(caller.organization, &users).await;
        let written = written.map_err(Rejection::dependency)?;
        for (result, imported) in results.iter_mut().filter(|it| it.id.is_some()).zip(written) {
            match imported {
                Imported::Created => {}
                Imported::Exists(user) => (result.status, result.id) = ("exists", Some(user)),
                Imported::Taken => {
                    (result.status, result.id, result.detail) = ("refused", None, Some(TAKEN.to_owned()));
                }
            }
        }
        Ok(results)
    }
}

impl Outcome {
    const fn of(
        row: usize,
        email: Option<Email>,
        status: &'static str,
        id: Option<UserId>,
        detail: Option<String>,
    ) -> Self {
        Self { row, email, status, id, detail }
    }
}

/// The row to begin with, counted from 1.
fn from_row(request: &Request, rows: usize) -> Result<usize, Rejection> {
    const EXPECTED: &str = "must be the number of a row";
    match request.query::<usize>("from_row", EXPECTED)? {
        None => Ok(1),
        Some(row) if (1..=rows).contains(&row) => Ok(row),
        Some(_) => Err(Rejection::field("from_row", EXPECTED)),
    }
}

/// Rows from this one, as many as are written at once; and the number of the next one. An email address that comes
/// again ends them: by then the first of the two is there.
fn some_rows(rows: &Rows<'_>, first: usize) -> (Vec<Numbered>, Option<usize>) {
    let (mut some, mut seen, mut users) = (Vec::new(), BTreeSet::new(), 0);
    for number in first..=rows.len() {
        if users == IMPORT_LIMIT {
            return (some, Some(number));
        }
        let row = rows.row(number);
        if let Ok(row) = &row {
            if !seen.insert(row.email.clone()) {
                return (some, Some(number));
            }
            users += 1;
        }
        some.push((number, row.map_err(|refused| (refused, rows.email(number)))));
    }
    (some, None)
}

fn new_user(row: &Row, request: &Request, caller: &Caller, ambient: &mut Ambient) -> NewUser {
    let user = User {
        id: UserId::generate(&mut ambient.rng),
        organization: caller.organization,
        email: row.email.clone(),
        name: row.name.clone(),
        kind: UserKind::Human,
        organization_role: row.organization_role,
        disabled: false,
        session_epoch: 1,
        key_epoch: 1,
        created_at: ambient.second(),
    };
    let password = row.password.clone().map(|hash| StoredPassword::new(user.id, hash, false));
    let event = audit::event(request, caller, Action::UserCreated, user.id, ambient)
        .with("email", user.email.as_str())
        .with("name", &user.name)
        .with("org_role", user.organization_role.as_str())
        .with("imported_password", row.password.as_ref().map_or("none", PasswordHash::algorithm));
    NewUser { user, password, event }
}
