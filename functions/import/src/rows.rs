//! The body as rows. What is wrong with all of them refuses the body; what is wrong with one refuses that row.

use crate::row::{Raw, Row};
use auth::email::Email;
use csv::{ReaderBuilder, StringRecord};
use edge::{Rejection, input, request};
use serde::Deserialize;

/// Most rows of a body.
const MAX_ROWS: usize = 1000;

/// The members of a row, which are the columns of a CSV.
const MEMBERS: [&str; 4] = ["email", "name", "org_role", "password_hash"];
const REQUIRED: usize = 2;

/// A row of which only the address is of interest.
#[derive(Deserialize)]
struct Addressed {
    email: String,
}

/// Rows, counted from 1.
#[derive(Debug)]
pub(crate) enum Rows<'a> {
    /// The lines.
    JsonLines(Vec<&'a str>),
    /// For each member its column, and the records.
    Csv([Option<usize>; 4], usize, Vec<StringRecord>),
}

impl<'a> Rows<'a> {
    /// A JSON object on each line; lines of white space are passed over (<https://jsonlines.org>).
    ///
    /// # Errors
    /// 422 no rows, or too many.
    pub(crate) fn of_json_lines(body: &'a str) -> Result<Self, Rejection> {
        let body = body.strip_prefix('\u{feff}').unwrap_or(body);
        let lines = body.lines().filter(|line| !line.trim().is_empty());
        counted(lines.take(MAX_ROWS + 1).collect()).map(Self::JsonLines)
    }

    /// Records of commas and quotes behind a header (RFC 4180), whose columns may stand in any order.
    ///
    /// # Errors
    /// 422 no header as expected, no rows, or too many.
    pub(crate) fn of_csv(body: &str) -> Result<Self, Rejection> {
        let body = body.strip_prefix('\u{feff}').unwrap_or(body);
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(body.as_bytes());
        let header = reader.headers().map_err(|_| unreadable())?.clone();
        let columns = columns(&header)?;
        let records = reader.records().take(MAX_ROWS + 1).collect::<Result<_, _>>();
        Ok(Self::Csv(columns, header.len(), counted(records.map_err(|_| unreadable())?)?))
    }

    pub(crate) const fn len(&self) -> usize {
        match self {
            Self::JsonLines(lines) => lines.len(),
            Self::Csv(_, _, records) => records.len(),
        }
    }

    /// The address of the row of this number, from 1, where it has one, be the row otherwise as it may.
    pub(crate) fn email(&self, number: usize) -> Option<Email> {
        let index = number.checked_sub(1)?;
        let text = match self {
            Self::JsonLines(lines) => {
                request::json_object::<Addressed>(lines.get(index)?.as_bytes()).ok()?.email
            }
            Self::Csv([email, ..], _, records) => records.get(index)?.get((*email)?)?.to_owned(),
        };
        input::new_email(&text).ok()
    }

    /// The row of this number, from 1.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn row(&self, number: usize) -> Result<Row, Rejection> {
        let index = number.checked_sub(1).ok_or(Rejection::NotFound)?;
        match self {
            Self::JsonLines(lines) => {
                let line = lines.get(index).ok_or(Rejection::NotFound)?;
                request::json_object::<Raw>(line.as_bytes())?.try_into()
            }
            Self::Csv(columns, width, records) => {
                let record = records.get(index).ok_or(Rejection::NotFound)?;
                if record.len() != *width {
                    return Err(Rejection::BodyShape(format!("must have {width} fields, as the header has")));
                }
                let [email, name, org_role, password_hash] = columns.map(|column| {
                    column.and_then(|column| record.get(column)).unwrap_or_default().to_owned()
                });
                // An empty field is none.
                let optional = |field: String| Some(field).filter(|it| !it.is_empty());
                Raw { email, name, org_role: optional(org_role), password_hash: optional(password_hash) }
                    .try_into()
            }
        }
    }
}

/// Where each member stands.
fn columns(header: &StringRecord) -> Result<[Option<usize>; 4], Rejection> {
    let mut columns = [None; 4];
    for (index, name) in header.iter().enumerate() {
        let place = MEMBERS.iter().position(|member| *member == name.trim());
        match place.and_then(|place| columns.get_mut(place)) {
            Some(column @ None) => *column = Some(index),
            _ => return Err(header_refused()),
        }
    }
    if columns.iter().take(REQUIRED).any(Option::is_none) { Err(header_refused()) } else { Ok(columns) }
}

fn header_refused() -> Rejection {
    let expected =
        "must name email and name, may name org_role and password_hash, each once, and no other column";
    Rejection::field("header", expected)
}

fn unreadable() -> Rejection {
    Rejection::BodyShape("body: cannot be read as CSV".to_owned())
}

fn counted<T>(rows: Vec<T>) -> Result<Vec<T>, Rejection> {
    if (1..=MAX_ROWS).contains(&rows.len()) {
        return Ok(rows);
    }
    Err(Rejection::field("body", format!("must have 1 to {MAX_ROWS} rows")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail<T>(outcome: Result<T, Rejection>) -> String {
        outcome.err().map(|refused| refused.detail()).unwrap_or_default()
    }

    #[test]
    fn columns_stand_in_any_order_and_quotes_hold_commas_and_lines() {
        let body = "\u{feff}org_role,name,email\r\nadmin,\"Doe, \"\"J\"\" Jane\",jane@example.test\r\n\r\n,B,b@example.test\n";
        let rows = Rows::of_csv(body).unwrap();
        assert_eq!(rows.len(), 2);
        let jane = rows.row(1).unwrap();
        assert_eq!((jane.name.as_str(), jane.organization_role.as_str()), ("Doe, \"J\" Jane", "admin"));
        assert_eq!(rows.row(2).unwrap().organization_role.as_str(), "member");
        assert!(detail(Rows::of_csv("email,name\na@b,\"A\nB\"\n").unwrap().row(1)).starts_with("name: "));
    }

    #[test]
    fn a_header_with_another_column_a_second_one_or_without_a_name_refuses_the_body() {
        for header in
            ["email", "name,org_role", "email,name,email", "email,name,role", "email;name", "", "a@b,A"]
        {
            assert!(detail(Rows::of_csv(&format!("{header}\na@b,A\n"))).starts_with("header: "), "{header}");
        }
    }

    #[test]
    fn a_record_of_another_width_refuses_itself_alone() {
        let rows = Rows::of_csv("email,name\na@b\na@b,A,\na@b,A\n").unwrap();
        assert_eq!(detail(rows.row(1)), "must have 2 fields, as the header has");
        assert_eq!(detail(rows.row(2)), "must have 2 fields, as the header has");
        assert!(rows.row(3).is_ok());
        // A quote that does not end takes what follows for its own.
        let rows = Rows::of_csv("email,name\n\"a@b,A\nc@d,C\n").unwrap();
        assert_eq!((rows.len(), detail(rows.row(1))), (1, "must have 2 fields, as the header has".into()));
    }

    #[test]
    fn a_line_that_is_no_user_refuses_itself_alone_and_repeats_no_value() {
        let body = "{\"email\":\"a@b\",\"name\":\"A\"}\n\n{\n{\"email\":\"s3cret\",\"name\":\"A\"}\n[]\n\
                    {\"email\":\"a@b\",\"name\":\"A\",\"password_hash\":\"$s3cret$\"}\n\
                    {\"email\":\"a@b\",\"name\":\"A\",\"disabled\":true}\n{\"email\":\"a@b\"}\n";
        let rows = Rows::of_json_lines(body).unwrap();
        assert!(rows.row(1).is_ok());
        let details: Vec<_> = (2..=rows.len()).map(|number| detail(rows.row(number))).collect();
        assert_eq!(
            details,
            [
                "Request body is not valid JSON",
                "email: must be an e-mail address",
                "body: must be a JSON object",
                "password_hash: must be of argon2id or argon2i with v=19, of bcrypt's 2a, 2b or 2y, or of scrypt",
                "disabled: is unknown, repeated or not of the expected form",
                "name: is required",
            ]
        );
    }

    #[test]
    fn no_rows_and_more_than_a_thousand_refuse_the_body() {
        for count in [0, 1001] {
            let lines = "{\"email\":\"a@b\",\"name\":\"A\"}\n".repeat(count);
            assert_eq!(detail(Rows::of_json_lines(&lines)), "body: must have 1 to 1000 rows", "{count}");
            let records = format!("email,name\n{}", "a@b,A\n".repeat(count));
            assert_eq!(detail(Rows::of_csv(&records)), "body: must have 1 to 1000 rows", "{count}");
        }
        assert_eq!(Rows::of_json_lines(&"{}\n".repeat(1000)).unwrap().len(), 1000);
    }
}
