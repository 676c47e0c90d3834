//! `cargo xtask up` and `down`.

use crate::binaries::{self, Selection};
use crate::cloud::{self, Cloud};
use crate::demo::{self, Stack};
use crate::project::Place;
use crate::steps::Steps;
use crate::tools::{self, Python};
use crate::{deploy, interrupt, logs, project};
use anyhow::Result;

/// Runs the system on one port: builds, starts the cloud unless it runs, deploys, seeds.
pub(crate) fn up(port: u16, detach: bool) -> Result<()> {
    interrupt::catch()?;
    let place = Place::new(port);
    // Known at once, not after the build.
    cloud::check_port(&place)?;
    let mut steps = Steps::new();
    let python = steps.run("tools", tools::local_cloud)?;
    steps.run("build", || {
        binaries::build(Selection::Functions)?;
        binaries::stage()
    })?;
    let (mut cloud, stack) = start(&place, &python, &mut steps)?;
    show(&place, &stack, &steps);

    if detach {
        cloud.leave_running();
        println!("It runs until `cargo xtask down{}`.", port_option(port));
        return Ok(());
    }
    if cloud.was_running() {
        println!("It was running already, and goes on after Ctrl-C. The functions' logs:\n");
    } else {
        println!("Ctrl-C ends it. The functions' logs:\n");
    }
    logs::follow(&place, &python, &mut cloud)?;
    if cloud.was_running() {
        return Ok(());
    }
    cloud.stop()?;
    println!("\nended");
    Ok(())
}

/// Starts, deploys and seeds with the binaries that were staged. Where a step fails, a cloud that was
/// started here ends.
pub(crate) fn start(place: &Place, python: &Python, steps: &mut Steps) -> Result<(Cloud, Stack)> {
    let cloud = steps.run("cloud", || Cloud::start(place, python))?;
    let deployed = steps.run("deploy", || deploy::deploy(place, python))?;
    let stack = steps.run("demo data", || demo::seed(place, &deployed))?;
    Ok((cloud, stack))
}

/// Ends what runs on one port, if anything does.
pub(crate) fn down(port: u16) -> Result<()> {
    let place = Place::new(port);
    match Cloud::running(&place)? {
        Some(cloud) => {
            cloud.stop()?;
            println!("ended");
        }
        None => println!("nothing runs on port {port}"),
    }
    Ok(())
}

fn port_option(port: u16) -> String {
    if port == project::DEFAULT_PORT { String::new() } else { format!(" --port {port}") }
}

fn show(place: &Place, stack: &Stack, steps: &Steps) {
    println!("\nQarion Auth runs ({}).\n", steps.elapsed());
    println!("  console  {}", stack.console_url);
    println!("  url      {}", stack.url);
    let file = place.stack();
    println!("  mails    {}", stack.mails);
    println!("  file     {}\n", file.strip_prefix(project::root()).unwrap_or(&file).display());
    let widest = stack.users.iter().map(|user| user.email.len()).max().unwrap_or(0);
    for user in &stack.users {
        println!("  {:<8} {:<widest$}  {}", user.role, user.email, user.password);
    }
    let Some(user) = stack.users.first() else { return };
    println!("\nLog in, see who you are, make an API key and use it, stay logged in, and end the key:\n");
    println!("{}", curl_lines(&stack.url, &user.email, &user.password));
    println!("As the admin that you are, see who is there, who changed what, and who called what:\n");
    println!("{}", admin_lines());
}

/// More lines, for behind those: docs/administrators.md has the rest.
fn admin_lines() -> String {
    let get = |path: &str| format!("curl -s -w '\\n' \"$URL{path}\" -H \"Authorization: Bearer $TOKEN\"\n");
    ["/admin/users?limit=5", "/admin/audit?limit=5", "/admin/usage?group_by=key"].map(get).concat()
}

/// Five lines to paste into a shell. Nothing but curl and sed is needed. The cookie is one for secure places only:
/// curl takes loopback for one.
fn curl_lines(url: &str, email: &str, password: &str) -> String {
    let json = "-H 'Content-Type: application/json'";
    let login = format!(
        "URL={url}; JAR=$(mktemp); TOKEN=$(curl -s -c $JAR $URL/auth/login {json} -d '{{\"email\":\"{email}\",\"password\":\"{password}\"}}' \
         | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')"
    );
    let me = "curl -s -w '\\n' $URL/users/me -H \"Authorization: Bearer $TOKEN\"";
    let key = format!(
        "KEY=$(curl -s $URL/api-keys -H \"Authorization: Bearer $TOKEN\" {json} -d '{{\"name\":\"first\"}}' \
         | sed 's/.*\"key\":\"\\([^\"]*\\)\".*/\\1/'); echo \"$KEY\"; \
         curl -s -w '\\n' $URL/users/me -H \"Authorization: Bearer $KEY\""
    );
    let refresh = "TOKEN=$(curl -s -b $JAR -c $JAR -X POST $URL/auth/refresh \
         | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/'); \
         curl -s -w '\\n' $URL/users/me -H \"Authorization: Bearer $TOKEN\"";
    let revoke = format!(
        "curl -s -w '\\n' $URL/auth/revoke {json} -d \"{{\\\"token\\\":\\\"$KEY\\\"}}\"; \
         curl -s -w '\\n' $URL/users/me -H \"Authorization: Bearer $KEY\""
    );
    format!("{login}\n{me}\n{key}\n{refresh}\n{revoke}\n")
}
