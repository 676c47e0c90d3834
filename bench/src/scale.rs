//! Fills a table with one very large organization among small ones, through the real SDK.

use crate::store_over_tls::{TABLE, serve_in};
use anyhow::{Context, Result};
use bench::population::{Population, Size};
use dynoxide::Database;
use edge::{Config, clients};
use std::{fs, io::ErrorKind, path::Path, time::Instant};
use store::Store;

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
    database.enable_bulk_loading()?;
    let table = serve_in(database.clone()).await?;
    let config = Config::from_lookup(|name| {
        Some(match name {
            "TABLE_NAME" => TABLE.to_owned(),
            "AWS_ENDPOINT_URL" => format!("http://{table}"),
            "AWS_REGION" => "eu-central-1".to_owned(),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "bench".to_owned(),
            _ => return None,
        })
    })?;
    let store = Store::new(clients::dynamodb(&config, clients::http_client(&config)?), TABLE);
    let begun = Instant::now();
    let mut next = LINE;
    let size = if small { Size::MIDDLE } else { Size::LARGE };
    let written = Population::new(ORGANIZATIONS, size)
        .fill(&store, |items| {
            if items >= next {
                println!("{items} items after {:.0} s", begun.elapsed().as_secs_f64());
                next += LINE;
            }
        })
        .await?;
    database.disable_bulk_loading()?;
    let seconds = begun.elapsed().as_secs_f64();
    let megabytes = fs::metadata(path)?.len() / 1_000_000;
    println!("{} items in {seconds:.0} s, {megabytes} MB of SQLite in {path}", written.items);
    Ok(())
}
