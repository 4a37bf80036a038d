//! An ACME authority in this process (RFC 8555): it checks what the client must do, but no
//! signatures. It looks up challenges on the address that it is given.

use super::*;
use crate::acme::{self, Challenges};
use crate::config::Config;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::json;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Mutex;

struct Authority {
    base: String,
    /// Where the names that it certifies lead.
    port_80: SocketAddr,
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
    accounts: Mutex<u32>,
    valid: Mutex<bool>,
    chain: Mutex<Option<String>>,
}

type Shared = State<Arc<Authority>>;

fn answer(status: u16, location: &str, body: &Value) -> Response {
    let headers = [("replay-nonce", "nonce"), ("location", location)];
    let status = StatusCode::from_u16(status).expect("a status");
    (status, headers, axum::Json(body)).into_response()
}

fn payload(body: &Value) -> Value {
    let text = body["payload"].as_str().expect("JWS");
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64url");
    serde_json::from_slice(&bytes).unwrap_or(Value::Null)
}

async fn directory(State(authority): Shared) -> axum::Json<Value> {
    let at = |path: &str| format!("{}{path}", authority.base);
    axum::Json(json!({"newNonce": at("/nonce"), "newAccount": at("/account"),
        "newOrder": at("/order"), "meta": {}}))
}

async fn act(
    State(authority): Shared,
    Path(what): Path<String>,
    body: Option<axum::Json<Value>>,
) -> Response {
    let at = |path: &str| format!("{}{path}", authority.base);
    let sent = body.map(|axum::Json(body)| payload(&body)).unwrap_or_default();
    let valid = *authority.valid.lock().expect("not poisoned");
    let issued = authority.chain.lock().expect("not poisoned").clone();
    let order = |valid: bool, issued: bool| {
        let status = if issued {
            "valid"
        } else if valid {
            "ready"
        } else {
            "pending"
        };
        let mut order = json!({"status": status, "authorizations": [at("/authorization")],
            "finalize": at("/finalize"),
            "identifiers": [{"type": "dns", "value": "meet.example.com"}]});
        if issued {
            order["certificate"] = json!(at("/certificate"));
        }
        order
    };
    let challenge = json!({"type": "http-01", "url": at("/challenge"), "token": "tok-en",
        "status": if valid { "valid" } else { "pending" }});
    match what.as_str() {
        "nonce" => answer(200, "", &Value::Null),
        "account" => {
            assert_eq!(sent["termsOfServiceAgreed"], true);
            *authority.accounts.lock().expect("not poisoned") += 1;
            answer(201, &at("/account/1"), &json!({"status": "valid"}))
        }
        "order" if sent.is_null() => answer(200, &at("/order"), &order(valid, issued.is_some())),
        "order" => {
            assert_eq!(sent["identifiers"][0]["value"], "meet.example.com");
            *authority.chain.lock().expect("not poisoned") = None;
            answer(201, &at("/order"), &order(valid, false))
        }
        "authorization" => answer(
            200,
            "",
            &json!({
            "status": if valid { "valid" } else { "pending" },
            "identifier": {"type": "dns", "value": "meet.example.com"},
            "challenges": [challenge]}),
        ),
        "challenge" => {
            let url = format!("http://{}/.well-known/acme-challenge/tok-en", authority.port_80);
            let found = reqwest::get(url).await.expect("answered").text().await.expect("text");
            *authority.valid.lock().expect("not poisoned") = found.starts_with("tok-en.");
            answer(200, "", &challenge)
        }
        "finalize" => {
            let request = BASE64_URL_SAFE_NO_PAD.decode(sent["csr"].as_str().expect("a CSR"));
            let request = request.expect("base64url").into();
            let request = rcgen::CertificateSigningRequestParams::from_der(&request);
            let signed = request.expect("a good CSR").signed_by(&authority.issuer).expect("signed");
            *authority.chain.lock().expect("not poisoned") = Some(signed.pem());
            answer(200, &at("/order"), &order(true, true))
        }
        "certificate" => {
            let headers = [("replay-nonce", "nonce")];
            (headers, issued.expect("issued before")).into_response()
        }
        other => panic!("asked for {other}"),
    }
}

/// Serves it over TLS, under a certificate of its own in `directory`.
async fn authority(folder: &std::path::Path, port_80: SocketAddr) -> Arc<Authority> {
    std::fs::create_dir_all(folder).expect("a folder");
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("made");
    std::fs::write(folder.join("authority.pem"), own.cert.pem()).expect("written");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = rustls_pki_types::PrivateKeyDer::try_from(own.signing_key.serialize_der());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key.expect("a key"))
        .expect("an identity");
    let socket = tokio::net::TcpListener::bind("localhost:0").await.expect("bound");
    let port = socket.local_addr().expect("bound").port();
    let mut params = rcgen::CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let issuer = rcgen::Issuer::new(params, rcgen::KeyPair::generate().expect("a key"));
    let authority = Arc::new(Authority {
        base: format!("https://localhost:{port}"),
        port_80,
        issuer,
        accounts: Mutex::new(0),
        valid: Mutex::new(false),
        chain: Mutex::new(None),
    });
    let router = Router::new()
        .route("/directory", get(directory))
        .route("/{what}", any(act))
        .with_state(authority.clone());
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
    tokio::spawn(async move {
        while let Ok((stream, _)) = socket.accept().await {
            let (acceptor, router) = (acceptor.clone(), router.clone());
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let service = hyper_util::service::TowerToHyperService::new(router);
                let io = hyper_util::rt::TokioIo::new(stream);
                let _ =
                    hyper::server::conn::http1::Builder::new().serve_connection(io, service).await;
            });
        }
    });
    authority
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_certificate_is_ordered_proved_and_kept_and_the_account_used_again() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = Folder(std::env::temp_dir().join(format!("causeway-acme-{}", std::process::id())));
    let port_80 = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let authority = authority(&folder.0, port_80.local_addr().expect("bound")).await;
    let text = format!(
        "[node]\nstate_dir = {0:?}\n[api]\nlisten = [\"127.0.0.1:0\"]\n[api.acme]\n\
         directory = \"{1}/directory\"\nnames = [\"meet.example.com\"]\nhttp = [\"127.0.0.1:0\"]\n\
         authorities = \"{2}\"\n",
        folder.0.display().to_string(),
        authority.base,
        folder.0.join("authority.pem").display(),
    );
    let config = Config::parse("test.toml", &text, &|_| None).expect("valid");
    let acme = config.api.acme.clone().expect("configured");
    let challenges = Challenges::default();
    tokio::spawn(challenges.clone().serve(port_80));
    assert!(acme::is_due(&folder.0), "there is none yet");
    let self_signed = crate::tls::api_key(&config).expect("self-signed until then");
    acme::obtain(&acme, &folder.0, &challenges).await.expect("a certificate");
    let certified = crate::tls::api_key(&config).expect("the authority's");
    assert_ne!(certified.cert, self_signed.cert);
    assert!(!acme::is_due(&folder.0), "rcgen's certificates live long");
    acme::obtain(&acme, &folder.0, &challenges).await.expect("another one");
    assert_eq!(*authority.accounts.lock().expect("not poisoned"), 1, "one account for both");
    use std::os::unix::fs::PermissionsExt;
    for secret in ["acme-key.pem", "acme-account.json"] {
        let mode = std::fs::metadata(folder.0.join(secret)).expect("kept").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }
}

#[tokio::test]
async fn the_port_of_challenges_answers_nothing_else() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("bound");
    let address = socket.local_addr().expect("bound");
    tokio::spawn(Challenges::default().serve(socket));
    for path in ["/", "/healthz", "/.well-known/acme-challenge/unknown", "/api/v1/meetings"] {
        let status =
            reqwest::get(format!("http://{address}{path}")).await.expect("answered").status();
        assert_eq!(status, 404, "{path}");
    }
}
