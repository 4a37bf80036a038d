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
        (number, self.link(&id).await)
    }

    /// The token of a guest's link into a meeting.
    pub(crate) async fn link(&self, meeting: &str) -> String {
        let path = format!("/api/v1/meetings/{meeting}/links");
        let link = self.post(&path, &json!({ "role": "guest" })).await;
        let url = link["url"].as_str().expect("a text");
        let (_, token) = url.split_once('#').expect("a token in the fragment");
        token.to_owned()
    }

    /// Has a meeting call somebody.
    pub(crate) async fn call_out(&self, meeting: &str, target: &str) {
        let wanted = json!({ "to": target, "display_name": "Called" });
        self.post(&format!("/api/v1/meetings/{meeting}/calls"), &wanted).await;
    }

    /// Has a meeting call somebody with all that is said of it; the code of a refusal.
    pub(crate) async fn call(&self, meeting: &str, wanted: &Value) -> Result<(), String> {
        let path = format!("https://{}/api/v1/meetings/{meeting}/calls", self.bridge);
        let request = self.client.post(path).bearer_auth(&self.token).json(wanted);
        let answer = request.send().await.expect("the API");
        if answer.status().is_success() {
            return Ok(());
        }
        let problem: Value = answer.json().await.expect("JSON");
        Err(problem["code"].as_str().unwrap_or_default().to_owned())
    }

    /// Makes a meeting of this draft.
    pub(crate) async fn make(&self, draft: &Value) -> Value {
        self.post("/api/v1/meetings", draft).await
    }

    /// Issues an address for one call into a meeting.
    pub(crate) async fn room_address(&self, meeting: &str) -> Value {
        self.post(&format!("/api/v1/meetings/{meeting}/room-addresses"), &json!({})).await
    }

    /// The roster of a meeting.
    pub(crate) async fn roster(&self, meeting: &str) -> Vec<Value> {
        let path = format!("https://{}/api/v1/meetings/{meeting}/participants", self.bridge);
        let request = self.client.get(&path).bearer_auth(&self.token);
        let list: Value = request.send().await.expect("the API").json().await.expect("JSON");
        list["items"].as_array().expect("a list").clone()
    }

    /// What a participant sees now, as PNG.
    pub(crate) async fn picture(&self, meeting: &str, participant: &str) -> Vec<u8> {
        let path = format!(
            "https://{}/api/v1/meetings/{meeting}/participants/{participant}/picture.png",
            self.bridge
        );
        let request = self.client.get(path).bearer_auth(&self.token);
        let answer = request.send().await.expect("the API");
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.bytes().await.expect("a body").to_vec()
    }

    /// Sends the participant away that [`Api::call_out`] called.
    pub(crate) async fn remove_called(&self, meeting: &str) {
        let items = self.list(meeting).await;
        let called = items.iter().find(|one| one["display_name"] == "Called").expect("it is there");
        self.remove(meeting, called["id"].as_str().expect("a text")).await;
    }

    /// Sends a participant away.
    pub(crate) async fn remove(&self, meeting: &str, participant: &str) {
        let path =
            format!("https://{}/api/v1/meetings/{meeting}/participants/{participant}", self.bridge);
        let answer = self.client.delete(path).bearer_auth(&self.token).send().await;
        assert!(answer.expect("the API").status().is_success());
    }

    /// The participants of a meeting.
    pub(crate) async fn participants(&self, meeting: &str) -> Vec<String> {
        let items = self.list(meeting).await;
        items.iter().map(|one| one["id"].as_str().expect("a text").to_owned()).collect()
    }

    async fn list(&self, meeting: &str) -> Vec<Value> {
        let path = format!("https://{}/api/v1/meetings/{meeting}/participants", self.bridge);
        let request = self.client.get(&path).bearer_auth(&self.token);
        let list: Value = request.send().await.expect("the API").json().await.expect("JSON");
        list["items"].as_array().expect("a list").clone()
    }

    /// Has something done in a meeting, by the path below the meetings.
    pub(crate) async fn order(&self, path: &str) {
        let request = self.client.post(format!("https://{}/api/v1/meetings/{path}", self.bridge));
        let answer = request.bearer_auth(&self.token).send().await.expect("the API");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }

    /// The records of calls, newest first, each with why it went where it went.
    pub(crate) async fn records(&self) -> Vec<Value> {
        let path = format!("https://{}/api/v1/calls", self.bridge);
        let get = async |path: &str| -> Value {
            let request = self.client.get(path).bearer_auth(&self.token);
            request.send().await.expect("the API").json().await.expect("JSON")
        };
        let list = get(&path).await;
        let mut records = Vec::new();
        for record in list["items"].as_array().expect("a list") {
            records.push(get(&format!("{path}/{}", record["id"].as_str().expect("a text"))).await);
        }
        records
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
