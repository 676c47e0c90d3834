//! Fills a table with one very large organization among small ones: past the SDK, which would take most of the time.

use crate::store_over_tls::{TABLE, create_table};
use anyhow::{Context, Result, bail};
use aws_sdk_dynamodb::types::AttributeValue;
use bench::population::{Population, Size};
use dynoxide::{AttributeValue as Stored, Database, ImportOptions};
use std::{fs, io::ErrorKind, path::Path, time::Instant};

const ORGANIZATIONS: u32 = 100;
/// How many items are written between two lines of progress.
const LINE: usize = 100_000;

pub(crate) async fn fill(path: &Path, small: bool) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(error).context("cannot remove the old table");
        }
        _ => {}
    }
    let path = path.to_str().context("the path is no text")?;
    let database = Database::new(path)?;
    create_table(&database)?;
    database.enable_bulk_loading()?;
    let begun = Instant::now();
    let (mut written, mut next) = (0, LINE);
    let size = if small { Size::MIDDLE } else { Size::LARGE };
    let population = Population::new(ORGANIZATIONS, size);
    let filled = population.fill(async |bulk| {
        let items = bulk.into_items();
        written += items.len();
        let items = items.into_iter().map(|item| {
            let stored = item.into_iter().map(|(name, value)| Ok((name, stored(value)?)));
            stored.collect::<Result<_>>()
        });
        database.import_items(TABLE, items.collect::<Result<_>>()?, ImportOptions::default())?;
        if written >= next {
            println!("{written} items after {:.0} s", begun.elapsed().as_secs_f64());
            next += LINE;
        }
        anyhow::Ok(())
    });
    filled.await?;
    database.disable_bulk_loading()?;
    let seconds = begun.elapsed().as_secs_f64();
    let megabytes = fs::metadata(path)?.len() / 1_000_000;
    println!("{written} items in {seconds:.0} s, {megabytes} MB of SQLite in {path}");
    Ok(())
}

/// The value as the database has it.
fn stored(value: AttributeValue) -> Result<Stored> {
    Ok(match value {
        AttributeValue::S(text) => Stored::S(text),
        AttributeValue::N(number) => Stored::N(number),
        AttributeValue::B(bytes) => Stored::B(bytes.into_inner()),
        AttributeValue::Bool(flag) => Stored::BOOL(flag),
        AttributeValue::Null(null) => Stored::NULL(null),
        AttributeValue::L(list) => Stored::L(list.into_iter().map(stored).collect::<Result<_>>()?),
        AttributeValue::M(map) => {
            let members = map.into_iter().map(|(name, value)| Ok((name, stored(value)?)));
            Stored::M(members.collect::<Result<_>>()?)
        }
        other => bail!("no item of ours has such a value: {other:?}"),
    })
}
