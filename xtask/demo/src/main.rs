//! Seeds demo data into a local stack; `cargo xtask up` runs it and puts what it prints into stack.json.
//!
//! 1. The organization is the one that `setup` made: the first admin's.
//! 2. One user for each role, members of the space `my-space`, and a service account. Who is there stays.
//!    A password that was changed since becomes again the one in stack.json; one that nobody knows any more,
//!    because that file is gone, is replaced.
//! 3. A few products, where the space has none.
//! 4. What has happened since, through the API: [`life`].
//!
//! A program of its own, because it needs the AWS SDK and xtask does not. What has to be there before anybody can
//! log in it writes through `store`, so no function has seeding code.
#![allow(clippy::print_stdout, reason = "what it prints is its result")]

mod api;
mod life;
mod seed;

use anyhow::{Context, Result};
use api::Api;
use clap::Parser;
use edge::{Ambient, Config, clients};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::{fs, io};
use store::Store;

#[derive(Parser)]
#[command(about = "Seed demo data; the table is named as for the functions, by the environment")]
struct Arguments {
    /// stack.json of the last run, if there was one.
    #[arg(long)]
    known: PathBuf,
    /// Email of the user that `setup` made.
    #[arg(long)]
    first_admin: String,
    /// Base URL of the API.
    #[arg(long)]
    url: String,
}

/// A demo user, as it stands in stack.json.
#[derive(Clone, Serialize, Deserialize)]
struct Login {
    email: String,
    password: String,
    role: String,
}

#[derive(Deserialize)]
struct Stack {
    users: Vec<Login>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let known = known(&arguments.known)?;
    let config = Config::from_env()?;
    let client = clients::dynamodb(&config, clients::http_client(&config)?);
    let store = Store::new(client, &config.table);
    let logins = seed::seed(&store, Ambient::system()?, &arguments.first_admin.parse()?, &known).await?;
    let of = |role: &str| logins.iter().find(|login| login.role == role);
    if let Some((admin, editor)) = of("admin").zip(of("editor")) {
        life::happen(&Api::new(&arguments.url), admin, editor, seed::SPACE).await?;
    }
    println!("{}", serde_json::to_string(&logins)?);
    Ok(())
}

/// The users that the last run made, none where there was no last run.
fn known(path: &Path) -> Result<Vec<Login>> {
    match fs::read_to_string(path) {
        Ok(text) => {
            let stack: Stack = serde_json::from_str(&text)
                .with_context(|| format!("{} is damaged: remove it", path.display()))?;
            Ok(stack.users)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
