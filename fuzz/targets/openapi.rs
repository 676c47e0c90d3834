//! Of a document, a route without an access that is understood does not build.
#![no_main]

use access::{Access, openapi};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

// A value of the extension, or a whole document.
fuzz_target!(|text: &str| {
    let Ok(value) = serde_norway::from_str::<Value>(text) else { return };
    if let Ok(operations) = openapi::operations(&value) {
        let _source = openapi::to_source(&operations);
    }
    let operation = json!({"get": {openapi::EXTENSION: value, "responses": {}}});
    let document = json!({"paths": {"/spaces/{space}/x": operation}});
    let Ok(operations) = openapi::operations(&document) else { return };
    for operation in &operations {
        // Closed but for the one word.
        assert_eq!(operation.access == Access::Public, value == "public", "{value}");
    }
    assert_eq!(operations.len(), 1);
    assert!(openapi::to_source(&operations).contains("/spaces/{space}/x"));
});
