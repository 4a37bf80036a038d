//! `causeway serve` and `causeway check`.

use crate::api::{BridgeBackend, Listener, Sockets};
use crate::booking;
use crate::bridge::Bridge;
use crate::config::{Config, DEFAULT_FILE};
use crate::direct_routing::{self, Finding};
use crate::greeting::{self, Greeting};
use crate::invite::Cards;
use crate::store::Tokens;
use crate::web::{self, Site};
use crate::{logging, metrics, tls};
use axum::Router;
use jiff::Timestamp;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tracing::warn;
use zeroize::Zeroizing;

/// The file that is read when none is named and it exists.
const USUAL_FILE: &str = "causeway.toml";

/// Runs a bridge until SIGINT (hangs up and leaves) or SIGTERM (drains first). A second SIGINT
/// ends the process at once. SIGUSR1 logs what the media workers counted; SIGHUP
/// reads the API's certificate again.
///
/// # Errors
/// What is wrong with the configuration, or why the bridge cannot start.
pub fn serve(path: Option<PathBuf>) -> Result<(), Box<dyn Error>> {
    let mut config = Config::load(path_or_usual(path).as_deref())?;
    config.engine.video = config.video.engine();
    logging::start(&config.log)?;
    for (trunk, finding) in about_teams(&config).into_iter().filter(|(_, it)| it.is_fault) {
        warn!(%trunk, finding = %finding.said.en, "Direct Routing");
    }
    for note in &config.warnings {
        warn!(%note, "the configuration is odd");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(config))
}

async fn run(config: Config) -> Result<(), Box<dyn Error>> {
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mut asked = signal(SignalKind::user_defined1())?;
    let greeting = Greeting::new(&config);
    let makes_certificate =
        !config.sip.tls.is_empty() && config.sip.tls_identity.certificate.is_none();
    let [certificate, _] = tls::self_signed_files(&config.state_dir);
    metrics::start();
    let mut hung_up = signal(SignalKind::hangup())?;
    let mut bridge = Bridge::start(config.clone()).await?;
    let front = ApiFront::start(&bridge, &config).await?;
    let certificate = makes_certificate.then_some(certificate.as_path());
    println!(
        "{}",
        greeting.text(bridge.bound(), bridge.h323().bound(), bridge.realtime(), certificate)
    );
    front.iter().for_each(|front| println!("{}", front.greeting()));
    let mut leaving = false;
    loop {
        tokio::select! {
            () = bridge.stopped() => {
                if let Some(front) = front {
                    front.door.close().await;
                    front.listener.close().await;
                }
                return Ok(());
            }
            _ = interrupted.recv() => {
                if std::mem::replace(&mut leaving, true) {
                    return Ok(());
                }
                bridge.leave().await;
            }
            _ = terminated.recv() => {
                if let Some(front) = &front {
                    front.backend.drains();
                    front.door.drain();
                }
                bridge.drain().await;
            }
            _ = hung_up.recv() => front.iter().for_each(|front| front.listener.reload()),
            _ = asked.recv() => bridge.log_ticks(),
        }
    }
}

/// The API before a running bridge.
struct ApiFront {
    listener: Listener,
    backend: Arc<BridgeBackend>,
    /// The door of pages.
    door: Arc<web::signal::Door>,
    /// The code of a first start.
    code: Option<Zeroizing<String>>,
    config: Config,
}

impl ApiFront {
    /// `None` where no address is configured.
    async fn start(bridge: &Bridge, config: &Config) -> Result<Option<Self>, Box<dyn Error>> {
        if config.api.listen.is_empty() {
            return Ok(None);
        }
        let tokens = Tokens::open(bridge.store().clone()).await?;
        let code = tokens.bootstrap(Timestamp::now()).await?;
        let sockets = Sockets::bind(config).await?;
        let cards = Arc::new(bridge.cards(config, sockets.bound()));
        booking::spawn(&config.devices, &cards);
        let door = Arc::new(web::signal::Door::new(bridge, facts(config, &cards)));
        let page = page(bridge, config, &cards, &door);
        let backend = Arc::new(BridgeBackend::new(bridge, tokens, cards));
        let listener = Listener::start(config, sockets, backend.clone(), page).await?;
        Ok(Some(Self { listener, backend, door, code, config: config.clone() }))
    }

    /// What a person reads at the start.
    fn greeting(&self) -> String {
        let links = greeting::links(&self.config, &self.listener.bound().https);
        let mut text = format!("接口 / API: {}", links.join(", "));
        if let (true, Some(room)) = (self.config.web.enabled, self.config.conferences.first()) {
            // As a shell takes it.
            let plain = |name: &&String| name.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let name = room.aliases.iter().find(plain).map_or(&*room.key, String::as_str);
            text += &format!(
                "\n浏览器入会：用此命令得到链接 / browsers join by a link, which this prints:\n    \
                 causeway link {name}"
            );
        }
        if let Some(code) = &self.code {
            let code = code.as_str();
            text += &format!(
                "\n首个管理员令牌的一次性代码 / one-time code of the first admin token: {code}\n    \
                 curl -k {}/api/v1/session --json '{{\"code\":\"{code}\"}}'",
                links.first().map_or("", String::as_str)
            );
        }
        text
    }
}

/// The page by which browsers join, where it is switched on.
fn page(
    bridge: &Bridge,
    config: &Config,
    cards: &Arc<Cards>,
    door: &Arc<web::signal::Door>,
) -> Router {
    if !config.web.enabled {
        return Router::new();
    }
    let site = Site::new(bridge, config, Arc::clone(cards), bridge.echo().cloned());
    let programs = Arc::new(web::whip::Whip::new(bridge, &site));
    let doors = web::signal::routes(Arc::clone(door)).merge(web::whip::routes(programs));
    web::routes(&site, doors)
}

/// What pages are told besides how the conference is.
fn facts(config: &Config, cards: &Arc<Cards>) -> web::signal::Facts {
    let (cards, turn) = (Arc::clone(cards), config.turn.clone());
    web::signal::Facts {
        phone: Box::new(move |meeting| cards.phone(meeting)),
        ice: Box::new(move |who| {
            let name = format!("{}-{}", who.conference, who.participant);
            web::turn::servers(&turn, &name, Timestamp::now())
        }),
        patience: web::signal::Patience::default(),
    }
}

/// Says whether a configuration is valid; with `defaults` prints the documented defaults.
///
/// # Errors
/// Every problem, with its place and its fix.
pub fn check(path: Option<PathBuf>, defaults: bool) -> Result<(), Box<dyn Error>> {
    if defaults {
        print!("{DEFAULT_FILE}");
        return Ok(());
    }
    let path = path_or_usual(path);
    let config = Config::load(path.as_deref())?;
    if !config.sip.tls.is_empty() && config.sip.tls_identity.certificate.is_some() {
        tls::server(&config)?;
    }
    let name =
        path.map_or_else(|| "built-in defaults".to_owned(), |path| path.display().to_string());
    for warning in &config.warnings {
        println!("{name}: 注意 / note: {warning}");
    }
    for (trunk, finding) in about_teams(&config) {
        let mark = if finding.is_fault { "✗" } else { "✓" };
        println!("{name}: {mark} {trunk}: {} / {}", finding.said.zh, finding.said.en);
    }
    for key in &config.clear_secrets {
        println!(
            "{name}: 注意 / note: `{key}` 未加密；用 `causeway seal` 加密 / stands in clear; seal it with \
             `causeway seal`"
        );
    }
    println!("{name}: 有效 / valid ({} conferences)", config.conferences.len());
    Ok(())
}

/// What the trunks to Teams would be refused for, and what is right about them.
fn about_teams(config: &Config) -> Vec<(Arc<str>, Finding)> {
    let now = Timestamp::now().as_second();
    let mut all = Vec::new();
    for trunk in &config.trunks.lines {
        let profile = config.trunks.profiles.get(&trunk.name);
        let files = profile.and_then(|profile| profile.direct_routing.as_ref());
        if let (Some(teams), Some(files)) = (&trunk.direct_routing, files) {
            let findings = direct_routing::findings(config, teams, files, now);
            all.extend(findings.into_iter().map(|it| (Arc::clone(&trunk.name), it)));
        }
    }
    all
}

/// The file that is named, else the usual one where it exists.
pub(crate) fn path_or_usual(path: Option<PathBuf>) -> Option<PathBuf> {
    path.or_else(|| Path::new(USUAL_FILE).exists().then(|| PathBuf::from(USUAL_FILE)))
}
