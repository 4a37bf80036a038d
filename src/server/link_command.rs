//! `causeway link`: prints a link into a meeting, without asking the running bridge.

use crate::bridge::open_store;
use crate::config::Config;
use crate::invite::{Addresses, Bound};
use crate::link::{Kind, LinkError, Links, NewLink};
use crate::meeting::{Found, Meetings};
use crate::serve::path_or_usual;
use crate::store::{NewAudit, Store};
use causeway_conference::{DisplayName, Role};
use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long the store may take to write down that a link was printed.
const CLOSING: Duration = Duration::from_secs(10);

/// The link that is wanted.
#[derive(Debug, Args)]
pub struct LinkOptions {
    /// The meeting: its number, an alias, or its id of the API.
    meeting: String,
    /// What the link is for.
    #[arg(long, value_enum, default_value = "guest")]
    role: RoleOption,
    /// The name under which one joins by it.
    #[arg(long)]
    name: Option<String>,
    /// So often one may join by it.
    #[arg(long)]
    uses: Option<u16>,
    /// It lets nobody in before this moment, like 2026-11-25T02:00:00Z.
    #[arg(long)]
    not_before: Option<Timestamp>,
    /// It dies at this moment, or so long from now: 2026-11-25T12:00:00Z, 30m, 2h, 7d.
    #[arg(long, value_parser = expiry)]
    expires: Option<Expiry>,
    /// The configuration; by default ./causeway.toml if it exists, else the built-in one.
    #[arg(long, short, env = "CAUSEWAY_CONFIG")]
    config: Option<PathBuf>,
}

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RoleOption {
    /// To join.
    Guest,
    /// To join as a host.
    Host,
    /// The guide to print, with what guests get.
    Guide,
}

/// When a link dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expiry {
    At(Timestamp),
    In(SignedDuration),
}

fn expiry(text: &str) -> Result<Expiry, String> {
    if let Ok(at) = text.parse() {
        return Ok(Expiry::At(at));
    }
    let wrong = || "write a time like 2026-11-25T12:00:00Z, or 30m, 2h, 7d".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: i64 = text.trim_end_matches(unit).parse().map_err(|_| wrong())?;
    let minutes = match unit {
        'm' => Some(number),
        'h' => number.checked_mul(60),
        'd' => number.checked_mul(24 * 60),
        _ => None,
    };
    let minutes = minutes.filter(|minutes| (1..=10_000_000).contains(minutes)).ok_or_else(wrong)?;
    Ok(Expiry::In(SignedDuration::from_mins(minutes)))
}

/// Prints the link on the standard output.
///
/// # Errors
/// What is wrong with the configuration, an unknown meeting, or a store that cannot be opened.
pub fn link(options: &LinkOptions) -> Result<(), Box<dyn Error>> {
    let config = Config::load(path_or_usual(options.config.clone()).as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!("{}", runtime.block_on(made(&config, options))?);
    Ok(())
}

async fn made(config: &Config, options: &LinkOptions) -> Result<String, Box<dyn Error>> {
    let addresses = Addresses::of(config, &[], &config.h323.listen, &Bound::configured(config));
    if addresses.web.as_ref().is_none_or(|base| base.contains(":0/") || base.ends_with(":0")) {
        return Err("没有浏览器页面的地址：请设置 [web] public_url / no address of the page: set public_url of [web]".into());
    }
    let store = open_store(config).await?;
    let made = link_of(config, options, &store, &addresses).await;
    store.close(CLOSING).await;
    made
}

async fn link_of(
    config: &Config,
    options: &LinkOptions,
    store: &Store,
    addresses: &Addresses,
) -> Result<String, Box<dyn Error>> {
    let now = Timestamp::now();
    let meetings = Meetings::open(store.clone(), config.conferences.clone()).await?;
    let meetings = Arc::new(meetings);
    let key = match meetings.find(&options.meeting, now) {
        Found::Meeting(key) => key,
        _ => options.meeting.as_str().into(),
    };
    let links = Links::open(store.clone(), meetings).await?;
    let limited = options.name.is_some()
        || options.uses.is_some()
        || options.not_before.is_some()
        || options.expires.is_some();
    let kind = match options.role {
        RoleOption::Guest => Kind::Guest,
        RoleOption::Host => Kind::Host,
        RoleOption::Guide if limited => {
            return Err("入会指南的链接没有限制选项 / the link of the guide takes no limits".into());
        }
        RoleOption::Guide => Kind::Guide,
    };
    let token = match kind.role() {
        Some(role) if limited => limited_link(&links, &key, role, options, now).await,
        _ => links.standing(&key, kind, now).ok_or(LinkError::NotFound),
    };
    let token = token.map_err(|error| said(&options.meeting, &error))?;
    let audited = NewAudit::new("command", "link.print", &key, "ok");
    store.audit(audited, now);
    let url = match kind {
        Kind::Guide => addresses.guide(&key, &token),
        Kind::Guest | Kind::Host => addresses.join(&key, &token),
    };
    Ok(url.unwrap_or_default())
}

async fn limited_link(
    links: &Links,
    key: &str,
    role: Role,
    options: &LinkOptions,
    now: Timestamp,
) -> Result<Zeroizing<String>, LinkError> {
    let expires = match options.expires {
        Some(Expiry::At(at)) => Some(at),
        Some(Expiry::In(time)) => Some(now.saturating_add(time).unwrap_or(Timestamp::MAX)),
        None => None,
    };
    let new = NewLink {
        role,
        name: options.name.as_deref().map(DisplayName::new),
        not_before: options.not_before,
        expires,
        uses: options.uses,
    };
    let link = links.create(key, new, now).await?;
    links.token(&link, now).ok_or(LinkError::Over)
}

fn said(meeting: &str, error: &LinkError) -> String {
    match error {
        LinkError::NotFound | LinkError::Over => {
            format!("{meeting}: 没有这个会议，或已结束 / no such meeting, or it is over")
        }
        LinkError::Invalid(field) => format!("{field}: 超出范围 / out of range"),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: LinkOptions,
    }

    struct Dir(PathBuf);

    impl Drop for Dir {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[tokio::test]
    async fn a_link_into_a_conference_of_the_configuration_opens_it_at_the_bridge() {
        let dir =
            std::env::temp_dir().join(format!("causeway-link-command-{}", std::process::id()));
        let dir = Dir(dir);
        let text = format!(
            "[node]\nstate_dir = {:?}\n[[conference]]\nname = \"Board\"\naliases = [\"board\", \"1001\"]\nopen = true\n",
            dir.0.display().to_string()
        );
        let config = Config::parse("test.toml", &text, &|_| None).expect("valid");
        let ask = async |words: &[&str]| {
            let line = Line::try_parse_from([&["link"], words].concat()).expect("a command");
            made(&config, &line.options).await.map_err(|error| error.to_string())
        };
        let plain = ask(&["1001"]).await.expect("a link");
        assert!(plain.starts_with("http://localhost:8442/j/conference-board#"), "{plain}");
        assert_eq!(ask(&["BOARD"]).await, Ok(plain.clone()), "the standing link is one");
        assert_eq!(ask(&["conference-board"]).await, Ok(plain.clone()));
        let limited = ["1001", "--role", "host", "--uses", "1", "--expires", "2h", "--name", "Ann"];
        let limited = ask(&limited).await.expect("a link");
        let guide = ask(&["1001", "--role", "guide"]).await.expect("a link");
        assert!(guide.starts_with("http://localhost:8442/m/conference-board/guide#"), "{guide}");
        assert!(ask(&["1002"]).await.expect_err("unknown").contains("no such meeting"));
        assert!(ask(&["1001", "--uses", "0"]).await.expect_err("none").contains("uses"));

        // What the bridge makes of them.
        let store = open_store(&config).await.expect("a store");
        let meetings = Meetings::open(store.clone(), config.conferences.clone()).await;
        let links = Links::open(store, Arc::new(meetings.expect("meetings"))).await.expect("links");
        let token = |url: &str| url.split_once('#').expect("a fragment").1.to_owned();
        let now = Timestamp::now();
        let grant = links.check(&token(&plain), now).await.expect("good");
        assert_eq!((&*grant.meeting, grant.role), ("conference-board", Role::Guest));
        let grant = links.check(&token(&limited), now).await.expect("good");
        assert_eq!((grant.role, &grant.name), (Role::Host, &Some(DisplayName::new("Ann"))));
        links.use_up(&grant).await.expect("once");
        assert!(links.use_up(&grant).await.is_err());
        links.opens_guide(&token(&guide), "conference-board", now).expect("its guide");
    }

    #[test]
    fn an_expiry_is_a_time_or_so_long_from_now() {
        let minutes = |minutes| Ok(Expiry::In(SignedDuration::from_mins(minutes)));
        assert_eq!(expiry("30m"), minutes(30));
        assert_eq!(expiry("2h"), minutes(120));
        assert_eq!(expiry("7d"), minutes(7 * 24 * 60));
        assert!(matches!(expiry("2026-11-25T12:00:00Z"), Ok(Expiry::At(_))));
        for wrong in ["", "2", "h", "-1h", "0m", "2w", "9999999999999999d", "tomorrow"] {
            assert!(expiry(wrong).is_err(), "{wrong}");
        }
    }
}
