//! What the mails say. Each is the same words twice: plain, and as simple HTML for programs that show only
//! that.

use auth::one_time::OneTimePurpose;
use zeroize::Zeroizing;

/// A mail without its addresses.
pub(crate) struct Mail {
    pub(crate) subject: &'static str,
    /// A reset link in there is good for somebody's password.
    pub(crate) text: Zeroizing<String>,
    pub(crate) html: Zeroizing<String>,
}

/// What a mail is made of, top down.
enum Part<'a> {
    Words(String),
    Link(&'a str),
}

/// To somebody whose address was given to "forgot password", by whom is not known.
pub(crate) fn reset_asked(
    organization: &str,
    source_address: &str,
    link: &str,
    purpose: OneTimePurpose,
) -> Mail {
    compose(
        "Choose a new password",
        &[
            Part::Words(format!(
                "Somebody, hopefully you, asked for a new password for your account at {organization}."
            )),
            Part::Words(format!("Choose one on this page {}. The link works once.", within(purpose))),
            Part::Link(link),
            Part::Words(format!(
                "The request came from the address {source_address}. If it was not yours, do nothing: your \
                 password stays as it is."
            )),
        ],
    )
}

/// To somebody for whom an admin has started a reset.
pub(crate) fn reset_started(organization: &str, link: &str, purpose: OneTimePurpose) -> Mail {
    compose(
        "Choose a new password",
        &[
            Part::Words(format!("An administrator of {organization} asks you to choose a new password.")),
            Part::Words(format!("Choose one on this page {}. The link works once.", within(purpose))),
            Part::Link(link),
            Part::Words("Until you have chosen, everything stays as it is.".to_owned()),
        ],
    )
}

/// To somebody for whom an admin has made a user.
pub(crate) fn setup_started(organization: &str, link: &str, purpose: OneTimePurpose) -> Mail {
    compose(
        "Choose a password",
        &[
            Part::Words(format!("An administrator of {organization} made an account for you.")),
            Part::Words(format!(
                "Choose a password for it on this page {}. The link works once.",
                within(purpose)
            )),
            Part::Link(link),
            Part::Words(
                "If you do not expect an account there, do nothing: without a password nobody can use it."
                    .to_owned(),
            ),
        ],
    )
}

/// How long a link is good, in words.
const fn within(purpose: OneTimePurpose) -> &'static str {
    match purpose {
        OneTimePurpose::Reset => "within 30 minutes",
        OneTimePurpose::Setup => "within 24 hours",
    }
}

/// To somebody whose password was tried too often. No link: whoever guesses passwords chooses the moment of
/// this mail, and a link would have ended before it is read.
pub(crate) fn password_disabled(organization: &str) -> Mail {
    compose(
        "Your password was disabled",
        &[
            Part::Words(format!(
                "Somebody entered a wrong password for your account at {organization} so often that the \
                 password was disabled."
            )),
            Part::Words(
                "You are still logged in where you are, and your API keys still work. To log in again, ask for \
                 a new password on the login page, or ask an administrator to start a reset."
                    .to_owned(),
            ),
        ],
    )
}

fn compose(subject: &'static str, parts: &[Part<'_>]) -> Mail {
    let mut text = Zeroizing::new(String::with_capacity(1024));
    let mut html = Zeroizing::new(String::with_capacity(2048));
    for part in parts {
        match part {
            Part::Words(words) => {
                text.push_str(words);
                html.push_str("<p>");
                escape(words, &mut html);
                html.push_str("</p>\n");
            }
            Part::Link(link) => {
                text.push_str(link);
                html.push_str("<p><a href=\"");
                escape(link, &mut html);
                html.push_str("\">");
                escape(subject, &mut html);
                html.push_str("</a></p>\n");
            }
        }
        text.push_str("\n\n");
    }
    Mail { subject, text, html }
}

/// What stands in a mail may be anybody's choice, such as an organization's name.
fn escape(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
}
