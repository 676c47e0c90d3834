//! The way out: SES.

use crate::{MailError, mail::Mail};
use auth::email::Email;
use aws_sdk_sesv2::{
    Client,
    config::{Builder, retry::RetryConfig, timeout::TimeoutConfig},
    error::ProvideErrorMetadata,
    operation::send_email::SendEmailError,
    types::{Body, Content, Destination, EmailContent, Message},
};
use std::time::Duration;

/// How long SES may take to accept a mail.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends from one address.
pub(crate) struct Sender {
    client: Client,
    address: String,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    /// SES has accepted it.
    Accepted,
    /// SES will never take it, such as one to an address that is none.
    Impossible,
}

impl Sender {
    pub(crate) const fn new(client: Client, address: String) -> Self {
        Self { client, address }
    }

    /// Hands a mail over, in one attempt: SES has no token that would tell a repeated request from a second
    /// mail, so what is repeated is the record, with a new link.
    /// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>
    pub(crate) async fn send(&self, to: &Email, mail: &Mail) -> Result<Sent, MailError> {
        let body = Body::builder().text(content(&mail.text)?).html(content(&mail.html)?).build();
        let message = Message::builder().subject(content(mail.subject)?).body(body).build();
        let once = Builder::new().retry_config(RetryConfig::disabled()).timeout_config(
            TimeoutConfig::builder().operation_timeout(PATIENCE).operation_attempt_timeout(PATIENCE).build(),
        );
        let sent = self
            .client
            .send_email()
            .from_email_address(&self.address)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .content(EmailContent::builder().simple(message).build())
            .customize()
            .config_override(once)
            .send()
            .await;
        match sent {
            Ok(_) => Ok(Sent::Accepted),
            Err(error) => match error.as_service_error() {
                Some(SendEmailError::BadRequestException(_)) => Ok(Sent::Impossible),
                Some(refused) => Err(MailError::Send(refused.code().unwrap_or("no code").to_owned())),
                // Its chain may quote the request.
                None => Err(MailError::Send("no answer".to_owned())),
            },
        }
    }
}

fn content(data: &str) -> Result<Content, MailError> {
    Content::builder()
        .data(data)
        .charset("UTF-8")
        .build()
        .map_err(|_| MailError::Send("no content".to_owned()))
}
