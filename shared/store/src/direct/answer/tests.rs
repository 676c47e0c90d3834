use super::*;
use crate::expression::Expression;

fn asked() -> [Key; 2] {
    ["b", "c"].map(|sk| Key { pk: "a".to_owned(), sk: sk.to_owned() })
}

fn parse_asked(text: &str) -> Option<Answer> {
    parse(text.as_bytes(), "table", Question::Batch(&asked()))
}

#[test]
fn one_item_is_the_one_that_was_asked_for_or_absent() {
    let [key, _] = asked();
    let parse = |text: &str| {
        let (items, left) = found(parse(text.as_bytes(), "table", Question::One(&key))?);
        assert!(left.is_empty());
        Some(items)
    };
    let item = r#"{"Item":{"pk":{"S":"a"},"sk":{"S":"b"}}}"#;
    assert_eq!(parse(item), Some(vec![key.clone().into_item()]));
    assert_eq!(parse("{}"), Some(Vec::new()));
    assert_eq!(parse(r#"{"ConsumedCapacity":{"CapacityUnits":1.0}}"#), Some(Vec::new()));
    for text in [
        "",
        "null",
        "[]",
        r#"{"Item":[]}"#,
        r#"{"Item":{}}"#,
        r#"{"Item":{"pk":{"S":"a"}}}"#,
        r#"{"Item":{"pk":{"S":"a"},"sk":{"S":"c"}}}"#,
        r#"{"Item":{"pk":{"S":"a"},"sk":{"S":"b"},"x":{"X":"a"}}}"#,
        r#"{"Item":{"pk":{"S":"a"},"sk":{"S":"b"}},"Item":{"pk":{"S":"a"},"sk":{"S":"b"}}}"#,
        r#"{"Responses":{"table":[]}}"#,
        r#"{"__type":"InternalServerError"}"#,
        "{} more",
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
}

fn found(answer: Answer) -> (Vec<Item>, Vec<Item>) {
    let Answer::Found { items, left } = answer else { panic!("{answer:?}") };
    (items, left)
}

fn items(text: &str) -> Option<Vec<Item>> {
    let (items, left) = found(parse_asked(text)?);
    assert!(left.is_empty());
    Some(items)
}

#[test]
fn an_update_is_done_lost_or_in_the_way_of_another_and_else_the_sdk_s() {
    let [key, _] = asked();
    let change = Expression::exists();
    let question = Question::Update(&key, &change);
    let item = key.clone().into_item();
    let done = r#"{"Attributes":{"pk":{"S":"a"},"sk":{"S":"b"}}}"#;
    assert_eq!(parse(done.as_bytes(), "table", question), Some(Answer::Changed(item.clone())));
    for text in
        ["", "{}", "null", r#"{"Attributes":{}}"#, r#"{"Attributes":{"pk":{"S":"a"},"sk":{"S":"c"}}}"#]
    {
        assert_eq!(parse(text.as_bytes(), "table", question), None, "{text}");
    }
    let error = |code: &str, item: &str| {
        format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","Message":"x"{item}}}"#)
    };
    let lost = "ConditionalCheckFailedException";
    let with = |code: &str, item: &str| refused(error(code, item).as_bytes(), question);
    assert_eq!(with(lost, ""), Refusal::Clean(Answer::Lost(None)));
    let same = r#","Item":{"pk":{"S":"a"},"sk":{"S":"b"}}"#;
    assert_eq!(with(lost, same), Refusal::Clean(Answer::Lost(Some(item))));
    assert_eq!(with("TransactionConflictException", ""), Refusal::Clean(Answer::Contended));
    let throttled = "ThrottlingException";
    assert_eq!(with(throttled, ""), Refusal::Other(Some(throttled.to_owned())));
    assert_eq!(refused(b"{}", question), Refusal::Other(None));
    for foreign in [r#"{"pk":{"S":"a"},"sk":{"S":"c"}}"#, r#"{"pk":{"X":"a"}}"#, "{}"] {
        assert_eq!(with(lost, &format!(r#","Item":{foreign}"#)), Refusal::Foreign, "{foreign}");
    }
    assert_eq!(refused(b"<html>", question), Refusal::Foreign);
    assert_eq!(refused(error(lost, "").as_bytes(), Question::One(&key)), Refusal::Foreign);
}

#[test]
fn a_transaction_is_done_or_canceled_with_a_reason_for_each_part_and_else_the_sdk_s() {
    let [key, other] = asked();
    let parts = [
        Expression::exists().delete("table", key.clone()).unwrap(),
        Expression::exists().check("table", other).unwrap(),
    ];
    let question = Question::Transaction { parts: &parts, token: "token" };
    for done in ["{}", r#"{"ConsumedCapacity":[{"CapacityUnits":1.0}],"ItemCollectionMetrics":{}}"#] {
        assert_eq!(parse(done.as_bytes(), "table", question), Some(Answer::Committed), "{done}");
    }
    for text in ["", "null", "[]", r#"{"Item":{}}"#, r#"{"Responses":{}}"#, r#"{"__type":"x"}"#, "{} more"] {
        assert_eq!(parse(text.as_bytes(), "table", question), None, "{text}");
    }
    let error = |code: &str, reasons: &str| {
        format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","Message":"x"{reasons}}}"#)
    };
    let canceled = "TransactionCanceledException";
    let with = |reasons: &str| {
        let reasons = format!(r#","CancellationReasons":{reasons}"#);
        refused(error(canceled, &reasons).as_bytes(), question)
    };
    let clean = |codes: [&str; 2]| Refusal::Clean(Answer::Canceled(codes.map(str::to_owned).to_vec()));
    assert_eq!(
        with(r#"[{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"x","Item":{"a":{"S":"b"}}}]"#),
        clean(["None", "ConditionalCheckFailed"])
    );
    assert_eq!(with(r#"[{"Code":"TransactionConflict"},{}]"#), clean(["TransactionConflict", "None"]));
    for foreign in ["[]", r#"[{"Code":"None"}]"#, "[{},{},{}]", "null", "{}", r#"[{"Code":1},{}]"#] {
        assert_eq!(with(foreign), Refusal::Foreign, "{foreign}");
    }
    assert_eq!(refused(error(canceled, "").as_bytes(), question), Refusal::Foreign);
    let reasons = r#","CancellationReasons":[{},{}]"#;
    assert_eq!(refused(error(canceled, reasons).as_bytes(), Question::One(&key)), Refusal::Foreign);
    assert_eq!(refused(error("ConditionalCheckFailedException", "").as_bytes(), question), Refusal::Foreign);
    for code in ["TransactionConflictException", "TransactionInProgressException", "ThrottlingException"] {
        let other = Refusal::Other(Some(code.to_owned()));
        assert_eq!(refused(error(code, "").as_bytes(), question), other);
    }
}

#[test]
fn every_kind_of_value_is_read() {
    let text = r#"{"Responses":{"table":[{"pk":{"S":"a"},"sk":{"S":"b"},
        "s":{"S":"a\"\u00e9"},"n":{"N":"-1.5"},"b":{"B":"AAH/"},"t":{"BOOL":true},"z":{"NULL":true},
        "ss":{"SS":["a","b"]},"ns":{"NS":["1"]},"bs":{"BS":["AA=="]},
        "l":{"L":[{"S":"x"},{"L":[]}]},"m":{"M":{"i":{"N":"2"}}}}]},
        "UnprocessedKeys":{},"ConsumedCapacity":[{"CapacityUnits":1.0}]}"#;
    let expected = HashMap::from([
        ("pk", AttributeValue::S("a".to_owned())),
        ("sk", AttributeValue::S("b".to_owned())),
        ("s", AttributeValue::S("a\"é".to_owned())),
        ("n", AttributeValue::N("-1.5".to_owned())),
        ("b", AttributeValue::B(Blob::new([0, 1, 255]))),
        ("t", AttributeValue::Bool(true)),
        ("z", AttributeValue::Null(true)),
        ("ss", AttributeValue::Ss(vec!["a".to_owned(), "b".to_owned()])),
        ("ns", AttributeValue::Ns(vec!["1".to_owned()])),
        ("bs", AttributeValue::Bs(vec![Blob::new([0])])),
        ("l", AttributeValue::L(vec![AttributeValue::S("x".to_owned()), AttributeValue::L(Vec::new())])),
        ("m", AttributeValue::M(HashMap::from([("i".to_owned(), AttributeValue::N("2".to_owned()))]))),
    ]);
    let expected: Item = expected.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    assert_eq!(items(text), Some(vec![expected]));
}

#[test]
fn what_is_not_of_the_documented_form_is_no_answer_and_no_absence() {
    for text in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"UnprocessedKeys":{}}"#,
        r#"{"Responses":null}"#,
        r#"{"Responses":{"table":[{"pk":{"S":"a"}}]}"#,
        r#"{"Responses":{"table":[{"pk":{}}]}}"#,
        r#"{"Responses":{"table":[{"pk":{"S":"a","N":"1"}}]}}"#,
        r#"{"Responses":{"table":[{"pk":{"X":"a"}}]}}"#,
        r#"{"Responses":{"table":[{"pk":{"S":1}}]}}"#,
        r#"{"Responses":{"table":[{"pk":{"B":"!"}}]}}"#,
        r#"{"Responses":{"table":[{"pk":"a"}]}}"#,
        r#"{"Responses":{"table":[null]}}"#,
        r#"{"Responses":{},"UnprocessedKeys":{"table":{}}}"#,
        r#"{"Responses":{}} more"#,
    ] {
        let text = text.replace(r#"{"pk""#, r#"{"sk":{"S":"b"},"pk""#);
        assert!(parse_asked(&text).is_none(), "{text}");
    }
}

#[test]
fn an_answer_to_another_question_is_none_and_no_absence() {
    let (b, c) = (r#"{"pk":{"S":"a"},"sk":{"S":"b"}}"#, r#"{"pk":{"S":"a"},"sk":{"S":"c"}}"#);
    let answer = |items: &str, left: &str| {
        format!(r#"{{"Responses":{{"table":[{items}]}},"UnprocessedKeys":{{"table":{{"Keys":[{left}]}}}}}}"#)
    };
    let good = [answer("", ""), answer(b, c), answer(&format!("{c},{b}"), ""), answer("", b)];
    for text in good {
        assert!(parse_asked(&text).is_some(), "{text}");
    }
    let foreign = r#"{"pk":{"S":"b"},"sk":{"S":"b"}}"#;
    for text in [
        answer(foreign, ""),
        answer("", foreign),
        answer(r#"{"pk":{"S":"a"}}"#, ""),
        answer(r#"{"sk":{"S":"b"}}"#, ""),
        answer(r#"{"pk":{"S":"a"},"sk":{"N":"1"}}"#, ""),
        // Twice, be it the one or the other.
        answer(&format!("{b},{b}"), ""),
        answer(b, b),
        answer("", &format!("{c},{b},{c}")),
        // An attribute twice, at any depth.
        answer(r#"{"pk":{"S":"b"},"pk":{"S":"a"},"sk":{"S":"b"}}"#, ""),
        answer(r#"{"pk":{"S":"a"},"sk":{"S":"b"},"m":{"M":{"x":{"N":"1"},"x":{"N":"1"}}}}"#, ""),
        // Another table, with the same keys or with none.
        r#"{"Responses":{"other":[]}}"#.to_owned(),
        r#"{"Responses":{"table":[],"other":[]}}"#.to_owned(),
        format!(r#"{{"Responses":{{"table":[{b}],"table":[]}}}}"#),
        format!(r#"{{"Responses":{{}},"UnprocessedKeys":{{"other":{{"Keys":[{b}]}}}}}}"#),
        r#"{"Responses":{},"Responses":{}}"#.to_owned(),
    ] {
        assert!(parse_asked(&text).is_none(), "{text}");
    }
}

#[test]
fn each_of_a_hundred_keys_has_a_place() {
    let key = |sk: usize| Key { pk: "a".to_owned(), sk: sk.to_string() };
    let keys: Vec<_> = (0..crate::read::BATCH_KEYS).map(key).collect();
    let items: Vec<_> = keys.iter().cloned().map(Key::into_item).collect();
    assert!(answers(&keys, items.iter()));
    assert!(!answers(&keys, items.iter().chain(items.last())));
}

#[test]
fn what_was_left_out_is_told_from_what_is_not_there() {
    let text = r#"{"Responses":{},"UnprocessedKeys":{"table":{"Keys":[{"pk":{"S":"a"},"sk":{"S":"c"}}],"ConsistentRead":true}}}"#;
    let (items, left) = found(parse_asked(text).unwrap());
    assert!(items.is_empty());
    let [_, second] = asked();
    assert_eq!(left, [second.into_item()]);
    let (items, left) = found(parse_asked(r#"{"Responses":{"table":[]},"UnprocessedKeys":null}"#).unwrap());
    assert!(items.is_empty() && left.is_empty());
}

#[test]
fn an_error_is_known_by_its_code() {
    let text = br#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"x"}"#;
    assert_eq!(code(text).as_deref(), Some("ThrottlingException"));
    assert_eq!(code(br#"{"__type":"ThrottlingException"}"#).as_deref(), Some("ThrottlingException"));
    assert_eq!(code(br#"{"message":"x"}"#), None);
    assert_eq!(code(b"<html>"), None);
}
