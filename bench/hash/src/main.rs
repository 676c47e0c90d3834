//! The argon2 crate, as it is compiled here.
//!
//! Reads lines; for each computes one argon2id hash of the cost given as arguments (KiB, passes) in the same memory, and
//! prints the processor time that it took in seconds.
#![allow(clippy::print_stdout, reason = "what it measures is read there")]

use argon2::{Algorithm, Argon2, Block, Params, Version};
use rustix::time::{ClockId, clock_gettime};
use std::{error::Error, io, time::Duration};

fn main() -> Result<(), Box<dyn Error>> {
    let mut cost = std::env::args().skip(1).map(|it| it.parse::<u32>());
    let mut next = || cost.next().ok_or("two numbers: KiB, passes");
    let params = Params::new(next()??, next()??, 1, Some(32))?;
    let mut memory = vec![Block::new(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut output = [0; 32];
    for line in io::stdin().lines() {
        line?;
        let begun = processor_time()?;
        argon2.hash_password_into_with_memory(
            b"correct horse battery staple",
            b"0123456789abcdef",
            &mut output,
            &mut memory,
        )?;
        println!("{}", (processor_time()? - begun).as_secs_f64());
    }
    Ok(())
}

fn processor_time() -> Result<Duration, Box<dyn Error>> {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Ok(Duration::new(now.tv_sec.try_into()?, now.tv_nsec.try_into()?))
}
