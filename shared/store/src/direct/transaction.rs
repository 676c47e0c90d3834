//! The body of a transaction, of the SDK's own parts and with the SDK's own bytes: what stands in it in which order is for
//! nobody to choose. DynamoDB may refuse a client token that comes again with another request, and does not say what
//! makes it another.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItem.html>

use super::body::{push_member, push_object, push_optional, push_placeholders, push_text, push_value};
use crate::item::Item;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use std::collections::HashMap;

/// One part, of whichever kind.
struct Part<'a> {
    kind: &'static str,
    table: &'a str,
    /// The whole item of a put, and of the others its key.
    item: &'a Item,
    change: Option<&'a str>,
    condition: Option<&'a str>,
    names: Option<&'a HashMap<String, String>>,
    values: Option<&'a HashMap<String, AttributeValue>>,
    on_failure: Option<&'a ReturnValuesOnConditionCheckFailure>,
}

/// `None` for a part or a value of an unknown kind.
pub(super) fn transaction(parts: &[TransactWriteItem], token: &str) -> Option<String> {
    let mut body = String::with_capacity(64 + 512 * parts.len());
    body.push_str(r#"{"TransactItems":["#);
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            body.push(',');
        }
        Part::of(part)?.push(&mut body)?;
    }
    body.push(']');
    push_member(&mut body, "ClientRequestToken", |body| push_text(body, token));
    body.push('}');
    Some(body)
}

impl<'a> Part<'a> {
    fn of(part: &'a TransactWriteItem) -> Option<Self> {
        /// The kinds have the same accessors, and no common type.
        macro_rules! part {
            ($kind:literal, $of:ident, $item:ident, $change:expr, $condition:expr) => {
                Self {
                    kind: $kind,
                    table: $of.table_name(),
                    item: $of.$item(),
                    change: $change,
                    condition: $condition,
                    names: $of.expression_attribute_names(),
                    values: $of.expression_attribute_values(),
                    on_failure: $of.return_values_on_condition_check_failure(),
                }
            };
        }
        let TransactWriteItem { put, update, delete, condition_check: check, .. } = part;
        match (put, update, delete, check) {
            (Some(it), None, None, None) => Some(part!("Put", it, item, None, it.condition_expression())),
            (None, Some(it), None, None) => {
                Some(part!("Update", it, key, Some(it.update_expression()), it.condition_expression()))
            }
            (None, None, Some(it), None) => Some(part!("Delete", it, key, None, it.condition_expression())),
            (None, None, None, Some(it)) => {
                Some(part!("ConditionCheck", it, key, None, Some(it.condition_expression())))
            }
            _ => None,
        }
    }

    fn push(&self, body: &mut String) -> Option<()> {
        body.push('{');
        push_text(body, self.kind);
        body.push_str(if self.kind == "Put" { r#":{"Item":"# } else { r#":{"Key":"# });
        push_object(body, self.item, push_value)?;
        for (name, text) in [
            ("UpdateExpression", self.change),
            ("TableName", Some(self.table)),
            ("ConditionExpression", self.condition),
        ] {
            push_optional(body, name, text);
        }
        push_placeholders(body, self.names, self.values)?;
        let on_failure = self.on_failure.map(ReturnValuesOnConditionCheckFailure::as_str);
        push_optional(body, "ReturnValuesOnConditionCheckFailure", on_failure);
        body.push_str("}}");
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::Key;
    use aws_sdk_dynamodb::{
        Client, Config,
        config::{BehaviorVersion, Credentials, Region, retry::RetryConfig},
        primitives::Blob,
        types::{ConditionCheck, Delete, Put, Update},
    };
    use aws_smithy_runtime_api::client::{
        http::{
            HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
        },
        orchestrator::{HttpRequest, HttpResponse},
    };
    use aws_smithy_types::body::SdkBody;
    use proptest::prelude::*;
    use std::sync::{Arc, Mutex};

    /// Keeps what is sent, and answers that it is done.
    #[derive(Debug, Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl HttpConnector for Kept {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            *self.0.lock().unwrap() = request.body().bytes().unwrap().to_vec();
            let status = 200.try_into().unwrap();
            HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from("{}"))))
        }
    }

    /// What the SDK sends for the same.
    fn by_sdk(parts: &[TransactWriteItem], token: &str) -> String {
        let kept = Kept::default();
        let connector = SharedHttpConnector::new(kept.clone());
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(Credentials::new("AKIDEXAMPLE", "secret", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .http_client(http_client_fn(move |_: &HttpConnectorSettings, _| connector.clone()))
            .build();
        let write = Client::from_conf(config).transact_write_items();
        let write = write.set_transact_items(Some(parts.to_vec())).client_request_token(token);
        // The SDK has a time limit for the connection, and so needs a timer.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(write.send()).unwrap();
        String::from_utf8(kept.0.lock().unwrap().clone()).unwrap()
    }

    /// Of all characters: those that have to be escaped are not among `any`'s.
    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["(?s).*", "[\\x00-\\x1f\"\\\\\x7f]{1,4}"]
    }

    fn value() -> impl Strategy<Value = AttributeValue> {
        let bytes = || any::<Vec<u8>>().prop_map(Blob::new);
        let plain = prop_oneof![
            text().prop_map(AttributeValue::S),
            any::<i64>().prop_map(|it| AttributeValue::N(it.to_string())),
            bytes().prop_map(AttributeValue::B),
            any::<bool>().prop_map(AttributeValue::Bool),
            any::<bool>().prop_map(AttributeValue::Null),
            prop::collection::vec(text(), 0..3).prop_map(AttributeValue::Ss),
            any::<[i8; 2]>().prop_map(|it| AttributeValue::Ns(it.map(|it| it.to_string()).to_vec())),
            prop::collection::vec(bytes(), 0..3).prop_map(AttributeValue::Bs),
        ];
        plain.prop_recursive(2, 8, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(AttributeValue::L),
                prop::collection::hash_map(text(), inner, 0..3).prop_map(AttributeValue::M),
            ]
        })
    }

    fn part() -> impl Strategy<Value = TransactWriteItem> {
        let item = prop::collection::hash_map(text(), value(), 0..4);
        let names = prop::option::of(prop::collection::hash_map(text(), text(), 0..3));
        let values = prop::option::of(prop::collection::hash_map(text(), value(), 0..3));
        let texts = (text(), text(), prop::option::of(text()));
        (0..4, texts, item, names, values, any::<bool>()).prop_map(
            |(kind, (table, change, condition), item, names, values, on_failure)| {
                let on_failure = on_failure.then_some(ReturnValuesOnConditionCheckFailure::AllOld);
                // A check has to have one.
                let condition = if kind == 3 { condition.or(Some(String::new())) } else { condition };
                /// As their accessors, they are alike and have no common type.
                macro_rules! built {
                    ($kind:ident, $item:ident $(, $more:ident)?) => {
                        $kind::builder()
                            .table_name(table)
                            .$item(Some(item))
                            $(.$more(change))?
                            .set_condition_expression(condition)
                            .set_expression_attribute_names(names)
                            .set_expression_attribute_values(values)
                            .set_return_values_on_condition_check_failure(on_failure)
                            .build()
                            .unwrap()
                    };
                }
                let part = TransactWriteItem::builder();
                match kind {
                    0 => part.put(built!(Put, set_item)),
                    1 => part.update(built!(Update, set_key, update_expression)),
                    2 => part.delete(built!(Delete, set_key)),
                    _ => part.condition_check(built!(ConditionCheck, set_key)),
                }
                .build()
            },
        )
    }

    proptest! {
        #[test]
        fn a_transaction_is_written_as_the_sdk_writes_it(
            parts in prop::collection::vec(part(), 1..5),
            token in "[0-9a-f]{32}",
        ) {
            prop_assert_eq!(transaction(&parts, &token).unwrap(), by_sdk(&parts, &token));
        }
    }

    #[test]
    fn a_part_of_no_kind_or_of_two_is_not_written() {
        let key = Key { pk: "a".to_owned(), sk: "b".to_owned() }.into_item();
        let put = Put::builder().table_name("table").set_item(Some(key.clone())).build().unwrap();
        let delete = Delete::builder().table_name("table").set_key(Some(key)).build().unwrap();
        let part = TransactWriteItem::builder();
        assert!(transaction(&[part.clone().put(put.clone()).build()], "token").is_some());
        for bad in [part.clone().build(), part.put(put).delete(delete).build()] {
            assert_eq!(transaction(&[bad], "token"), None);
        }
    }
}
