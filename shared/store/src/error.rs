//! A failure of the store: nobody's decision, and never a reason to refuse a credential.

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::result::ConnectorError;
use std::error::Error as _;

/// Why the store could not answer. Holds no value of an item and no part of a request: safe to log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB did not answer, or answered that it cannot. Whether a write happened is unknown.
    #[error("the store is unavailable: {operation}: {cause}")]
    Unavailable {
        /// What was being done.
        operation: &'static str,
        /// DynamoDB's error code, or what happened to the connection.
        cause: String,
    },
    /// DynamoDB refused the last attempt for lack of capacity. Whether an attempt before it wrote is unknown.
    #[error("the store is throttled: {operation}: {cause}")]
    Throttled {
        /// What was being done.
        operation: &'static str,
        /// DynamoDB's error code.
        cause: String,
    },
    /// An item is there and cannot be read, or one that must be there is not.
    #[error("the {record} item has no valid {attribute}")]
    Corrupt {
        /// The kind of item.
        record: &'static str,
        /// The attribute at fault.
        attribute: &'static str,
    },
}

const THROTTLED: [&str; 5] = [
    "ThrottlingException",
    "ThrottlingError",
    "ProvisionedThroughputExceededException",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
];

impl StoreError {
    pub(crate) fn unavailable(operation: &'static str, cause: impl Into<String>) -> Self {
        Self::Unavailable { operation, cause: cause.into() }
    }

    /// An error that DynamoDB names by `code`.
    pub(crate) fn coded(operation: &'static str, code: &str) -> Self {
        if THROTTLED.contains(&code) {
            Self::Throttled { operation, cause: code.to_owned() }
        } else {
            Self::unavailable(operation, code)
        }
    }

    /// The error of a call. Only its code is kept of DynamoDB's answer, as its message may quote a key.
    pub(crate) fn of<E>(operation: &'static str, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata,
    {
        match error {
            SdkError::ServiceError(service) => {
                Self::coded(operation, service.err().code().unwrap_or("an error without a code"))
            }
            SdkError::TimeoutError(_) => Self::unavailable(operation, "timeout"),
            SdkError::DispatchFailure(failure) => {
                Self::no_connection(operation, failure.as_connector_error())
            }
            SdkError::ResponseError(_) => Self::unavailable(operation, "an answer that is none"),
            _ => Self::unavailable(operation, "a request that cannot be made"),
        }
    }

    /// A request that did not get through, or its answer.
    pub(crate) fn no_connection(operation: &'static str, error: Option<&ConnectorError>) -> Self {
        let source = error.and_then(|it| it.source()).map(ToString::to_string);
        Self::unavailable(operation, format!("no connection: {}", source.as_deref().unwrap_or("unknown")))
    }

    /// A request that lacks a required part.
    pub(crate) fn incomplete(_: BuildError) -> Self {
        Self::unavailable("build", "a request that cannot be made")
    }

    pub(crate) fn named(operation: &'static str, error: &impl ProvideErrorMetadata) -> Self {
        Self::coded(operation, error.code().unwrap_or("an error without a code"))
    }

    /// Others kept writing the same items.
    pub(crate) fn contended(operation: &'static str) -> Self {
        Self::Throttled { operation, cause: "TransactionConflict".to_owned() }
    }
}
