//! What CloudWatch Logs hands over is counted or refused, however it is packed.
#![no_main]

use base64::{Engine, engine::general_purpose::STANDARD};
use edge::Ambient;
use flate2::{Compression, write::GzEncoder};
use fuzz::{Functions, block_on};
use libfuzzer_sys::fuzz_target;
use std::{io::Write, sync::LazyLock};
use time::OffsetDateTime;

static FUNCTIONS: LazyLock<Functions> = LazyLock::new(Functions::default);

// The first byte says whether the rest is packed already.
fuzz_target!(|data: &[u8]| {
    let Some((kind, rest)) = data.split_first() else { return };
    let packed = if kind % 2 == 0 {
        rest.to_vec()
    } else {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(rest).unwrap();
        encoder.finish().unwrap()
    };
    let event = serde_json::json!({"awslogs": {"data": STANDARD.encode(packed)}});
    let event = serde_json::from_value(event).unwrap();
    let ambient = Ambient::fixed(OffsetDateTime::UNIX_EPOCH, 1);
    let _counted = block_on(FUNCTIONS.usage.count(&event, &ambient));
});
