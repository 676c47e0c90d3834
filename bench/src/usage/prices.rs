//! What AWS asks in us-east-1, in dollars, as last looked up in 2025: look again before you rely on them.

/// A million write request units. <https://aws.amazon.com/dynamodb/pricing/on-demand/>
const WRITES: f64 = 0.625;
/// A million read request units.
const READS: f64 = 0.125;
/// A GB-second on arm64. <https://aws.amazon.com/lambda/pricing/>
const GB_SECOND: f64 = 0.000_013_333_4;
/// A million invocations.
const INVOCATIONS: f64 = 0.20;
/// A GB of logs, taken in. <https://aws.amazon.com/cloudwatch/pricing/>
const LOG_GB: f64 = 0.50;

/// What the function's memory is, as the template has it.
const FUNCTION_GB: f64 = 0.25;
/// How long a call to DynamoDB takes in AWS: assumed, and not measured here.
pub(super) const CALL_SECONDS: f64 = 0.02;

pub(super) fn table(write_units: f64, read_units: f64) -> f64 {
    (write_units * WRITES + read_units * READS) / 1e6
}

/// Of invocations that compute for these seconds and wait for these calls. A quarter of a GB has a seventh of a
/// processor, so that computing takes seven times as long.
pub(super) fn function(invocations: f64, processor_seconds: f64, calls: f64) -> f64 {
    let seconds = processor_seconds * 1.769 / FUNCTION_GB + calls * CALL_SECONDS;
    seconds * FUNCTION_GB * GB_SECOND + invocations * INVOCATIONS / 1e6
}

pub(super) fn log(bytes: f64) -> f64 {
    bytes / 1e9 * LOG_GB
}
