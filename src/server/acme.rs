//! A certificate for the HTTP API from an ACME authority (RFC 8555): the account and the
//! certificate are kept in `state_dir`; HTTP-01 challenges are answered on plain ports of their
//! own; what is due is renewed.

use crate::config::{Acme, Config};
use crate::tls;
use axum::Router;
use axum::extract::{Path as Name, State};
use axum::http::StatusCode;
use axum::routing::get;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Identifier, NewAccount,
    NewOrder, OrderStatus, RetryPolicy,
};
use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tracing::{info, warn};

/// How often is asked whether a renewal is due, and tried again after one that failed: authorities
/// allow five failures an hour.
const INTERVAL: Duration = Duration::from_secs(3600);

/// How long one order may take.
const ORDER_LIMIT: Duration = Duration::from_secs(300);

/// Connections at a time on the ports of challenges: authorities look from a handful of places.
const MAX_CONNECTIONS: usize = 32;

/// How long one of them may take.
const CONNECTION_LIMIT: Duration = Duration::from_secs(10);

/// Why there is no certificate.
#[derive(Debug)]
pub enum AcmeError {
    /// The authority refused, or does not answer.
    Authority(instant_acme::Error),
    /// It offers no HTTP-01 challenge, or did not accept ours.
    Challenge,
    /// No request for a certificate could be made.
    Request(rcgen::Error),
    /// A file in `state_dir` cannot be read or written.
    File(PathBuf, String),
    /// It took too long.
    TimedOut,
}

impl fmt::Display for AcmeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AcmeError::Authority(error) => write!(f, "the ACME authority: {error}"),
            AcmeError::Challenge => {
                f.write_str("the ACME authority could not reach http://NAME/.well-known on port 80")
            }
            AcmeError::Request(error) => write!(f, "making a request for a certificate: {error}"),
            AcmeError::File(path, error) => write!(f, "{}: {error}", path.display()),
            AcmeError::TimedOut => f.write_str("the ACME authority took too long"),
        }
    }
}

impl std::error::Error for AcmeError {}

impl From<instant_acme::Error> for AcmeError {
    fn from(error: instant_acme::Error) -> Self {
        AcmeError::Authority(error)
    }
}

/// The challenges that are open: token and answer.
#[derive(Clone, Debug, Default)]
pub struct Challenges(Arc<Mutex<HashMap<String, String>>>);

impl Challenges {
    fn open(&self, token: &str, answer: &str) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(token.to_owned(), answer.to_owned());
    }

    fn close_all(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn answer(&self, token: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    /// Answers challenges on a plain port; everything else is not found. Never ends.
    pub async fn serve(self, socket: TcpListener) {
        let answer = async |State(open): State<Challenges>, Name(token): Name<String>| {
            open.answer(&token).ok_or(StatusCode::NOT_FOUND)
        };
        let router = Router::new()
            .route("/.well-known/acme-challenge/{token}", get(answer))
            .with_state(self);
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        loop {
            let Ok(place) = places.clone().acquire_owned().await else { return };
            let Ok((connection, _)) = socket.accept().await else {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let service = TowerToHyperService::new(router.clone());
            tokio::spawn(async move {
                let served = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .keep_alive(false)
                    .serve_connection(TokioIo::new(connection), service);
                let _ = tokio::time::timeout(CONNECTION_LIMIT, served).await;
                drop(place);
            });
        }
    }
}

/// Where the certificate of the authority and its key are kept.
pub fn files(state_dir: &Path) -> [PathBuf; 2] {
    [state_dir.join("acme-certificate.pem"), state_dir.join("acme-key.pem")]
}

/// Gets a certificate whenever one is due, and calls `renewed` after. Never ends.
pub async fn keep(config: Arc<Config>, challenges: Challenges, renewed: impl Fn() + Send) {
    let Some(acme) = &config.api.acme else { return };
    loop {
        if is_due(&config.state_dir) {
            let order = obtain(acme, &config.state_dir, &challenges);
            let done = tokio::time::timeout(ORDER_LIMIT, order).await;
            challenges.close_all();
            match done.unwrap_or(Err(AcmeError::TimedOut)) {
                Ok(()) => {
                    info!("a new certificate of the API is there");
                    renewed();
                }
                Err(error) => warn!(%error, "no new certificate; the old one stays"),
            }
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Whether there is none, or less than a third of its life is left.
pub fn is_due(state_dir: &Path) -> bool {
    let [certificate, _] = files(state_dir);
    let life = tls::read_chain(&certificate).ok().and_then(|chain| {
        let (_, leaf) = x509_parser::parse_x509_certificate(chain.first()?).ok()?;
        let validity = leaf.validity();
        Some((validity.not_before.timestamp(), validity.not_after.timestamp()))
    });
    let now = jiff::Timestamp::now().as_second();
    life.is_none_or(|(from, until)| until - now < (until - from) / 3)
}

/// Orders a certificate, answers the challenges, and keeps what comes.
///
/// # Errors
/// See [`AcmeError`]; what was there before stays.
pub async fn obtain(
    acme: &Acme,
    state_dir: &Path,
    challenges: &Challenges,
) -> Result<(), AcmeError> {
    let account = account(acme, state_dir).await?;
    let names: Vec<_> = acme.names.iter().cloned().map(Identifier::Dns).collect();
    let mut order = account.new_order(&NewOrder::new(&names)).await?;
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let challenge = authorization.challenge(ChallengeType::Http01);
        let mut challenge = challenge.ok_or(AcmeError::Challenge)?;
        challenges.open(&challenge.token, challenge.key_authorization().as_str());
        challenge.set_ready().await?;
    }
    let patience = RetryPolicy::new().timeout(ORDER_LIMIT);
    if order.poll_ready(&patience).await? != OrderStatus::Ready {
        return Err(AcmeError::Challenge);
    }
    let key = rcgen::KeyPair::generate().map_err(AcmeError::Request)?;
    let request = request(acme, &key).map_err(AcmeError::Request)?;
    order.finalize_csr(request.der()).await?;
    let chain = order.poll_certificate(&patience).await?;
    let [certificate, key_file] = files(state_dir);
    keep_file(&key_file, &key.serialize_pem(), 0o600)?;
    keep_file(&certificate, &chain, 0o644)
}

fn request(
    acme: &Acme,
    key: &rcgen::KeyPair,
) -> Result<rcgen::CertificateSigningRequest, rcgen::Error> {
    let mut params = rcgen::CertificateParams::new(acme.names.clone())?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.serialize_request(key)
}

/// The account of before, or a new one. Its file holds its key.
async fn account(acme: &Acme, state_dir: &Path) -> Result<Account, AcmeError> {
    // The client takes the provider of the process; another part may have set the same.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let builder = match &acme.authorities {
        Some(path) => Account::builder_with_root(path)?,
        None => Account::builder()?,
    };
    let file = state_dir.join("acme-account.json");
    let unreadable = |error: serde_json::Error| AcmeError::File(file.clone(), error.to_string());
    if let Ok(text) = std::fs::read(&file) {
        let kept: AccountCredentials = serde_json::from_slice(&text).map_err(unreadable)?;
        return Ok(builder.from_credentials(kept).await?);
    }
    let contact = format!("mailto:{}", acme.contact);
    let contacts = [contact.as_str()];
    let wanted = NewAccount {
        contact: if acme.contact.is_empty() { &[] } else { &contacts },
        terms_of_service_agreed: true,
        only_return_existing: false,
    };
    let (account, credentials) = builder.create(&wanted, acme.directory.clone(), None).await?;
    let text = serde_json::to_string(&credentials).map_err(unreadable)?;
    keep_file(&file, &text, 0o600)?;
    Ok(account)
}

/// Writes beside and renames, so that nobody ever reads half a file.
fn keep_file(path: &Path, text: &str, mode: u32) -> Result<(), AcmeError> {
    let beside = path.with_extension("new");
    tls::write(&beside, text, mode)
        .and_then(|()| std::fs::rename(&beside, path))
        .map_err(|error| AcmeError::File(path.to_owned(), error.to_string()))
}

/// Binds the ports of challenges.
///
/// # Errors
/// The address that cannot be bound.
pub async fn bind(acme: &Acme) -> Result<Vec<TcpListener>, (SocketAddr, std::io::Error)> {
    let mut sockets = Vec::new();
    for address in &acme.http {
        sockets.push(TcpListener::bind(address).await.map_err(|error| (*address, error))?);
    }
    Ok(sockets)
}
