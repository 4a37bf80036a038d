//! What an operator does by the API before browsers come. Shared with `benches/room`.

use serde_json::{Value, json};
use std::net::SocketAddr;

/// The API of a bridge, with the rights of its first admin.
pub(crate) struct Api {
    client: reqwest::Client,
    bridge: SocketAddr,
    token: String,
}

impl Api {
    /// Exchanges the one-time code of a first start.
    pub(crate) async fn open(bridge: SocketAddr, code: &str) -> Self {
        let tls = causeway_server::load::wire::client_config().expect("TLS");
        // One connection is kept, so that the sockets of the bridge can be counted.
        let client = reqwest::Client::builder().pool_max_idle_per_host(1);
        let client = client.tls_backend_preconfigured((*tls).clone()).build().expect("a client");
        let mut api = Self { client, bridge, token: String::new() };
        let session = api.post("/api/v1/session", &json!({ "code": code })).await;
        api.token = session["token"].as_str().expect("a token").to_owned();
        api
    }

    /// Makes a meeting that anybody may enter at any time: what telephones dial, and the token of a
    /// guest's link, which stands behind the `#` of its address.
    pub(crate) async fn meeting(&self, max_participants: usize) -> (String, String) {
        let draft = json!({
            "name": "Browsers",
            "permanent": true,
            "lobby": "off",
            "max_participants": max_participants,
        });
        let made = self.post("/api/v1/meetings", &draft).await;
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let (id, number) = (text(&made["id"]), text(&made["alias"]));
        let link =
            self.post(&format!("/api/v1/meetings/{id}/links"), &json!({ "role": "guest" })).await;
        let url = text(&link["url"]);
        let (_, token) = url.split_once('#').expect("a token in the fragment");
        (number, token.to_owned())
    }

    /// The value of a gauge, over all its labels.
    pub(crate) async fn gauge(&self, name: &str) -> f64 {
        let request = self.client.get(format!("https://{}/metrics", self.bridge));
        let answer = request.bearer_auth(&self.token).send().await.expect("the API");
        let text = answer.text().await.expect("a body");
        let values = text.lines().filter_map(|line| {
            let (series, value) = line.rsplit_once(' ')?;
            let named = series.split('{').next() == Some(name);
            named.then(|| value.parse::<f64>().expect("a number"))
        });
        values.sum()
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.client.post(format!("https://{}{path}", self.bridge));
        let answer = request.bearer_auth(&self.token).json(body).send().await.expect("the API");
        let (status, text) = (answer.status(), answer.text().await.expect("a body"));
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).expect("JSON")
    }
}
