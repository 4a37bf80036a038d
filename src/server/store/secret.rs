//! What is kept encrypted: PINs, links, passwords of trunks. AES-256-GCM (NIST SP 800-38D) with a
//! random nonce; table, column and row are bound to each value, so that none stands for another.

use super::sql::get;
use super::{Store, StoreError, random};
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use std::fmt;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// The environment variable that holds the key, 32 bytes in base64 or hex, for those who keep
/// secrets out of files.
pub const KEY_VARIABLE: &str = "CAUSEWAY_SECRET_KEY";

/// The file in `state_dir` that holds the key where the variable does not.
pub const KEY_FILE: &str = "secret.key";

const KEY_LEN: usize = 32;
const NONCE_LEN: usize = 12;

/// Why there is no key.
#[derive(Debug)]
pub enum SecretError {
    /// [`KEY_VARIABLE`] does not hold 32 bytes in base64 or hex.
    Variable,
    /// The file cannot be read or made.
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file does not hold a key.
    NotAKey(PathBuf),
    /// There is no file, where something was sealed before.
    Missing(PathBuf),
    /// Others than its owner can read the file.
    Readable(PathBuf),
    /// The system has no random numbers.
    Random,
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretError::Variable => {
                write!(f, "{KEY_VARIABLE}: expected 32 bytes in base64 or hex")
            }
            SecretError::File { path, error } => write!(f, "{}: {error}", path.display()),
            SecretError::NotAKey(path) => {
                write!(
                    f,
                    "{}: expected 32 bytes in base64; restore it from a backup",
                    path.display()
                )
            }
            SecretError::Missing(path) => {
                write!(f, "{}: not there; restore it from a backup", path.display())
            }
            SecretError::Readable(path) => {
                write!(f, "{}: others can read it; run chmod 600", path.display())
            }
            SecretError::Random => f.write_str("the system gives no random numbers"),
        }
    }
}

impl std::error::Error for SecretError {}

/// The key of all that is kept encrypted. Cheap to clone; `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Secrets(Arc<Keys>);

struct Keys {
    seal: Aes256Gcm,
    /// Of which others are made: never the one that seals.
    derive: Zeroizing<[u8; KEY_LEN]>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    /// With this key.
    pub fn new(key: &[u8; KEY_LEN]) -> Self {
        let derive = derived(key, &["causeway", "derive"]);
        Self(Arc::new(Keys { seal: Aes256Gcm::new(key.into()), derive }))
    }

    /// A key for one purpose: nobody learns this one or another from it.
    pub(crate) fn derived(&self, purpose: &[&str]) -> Zeroizing<[u8; KEY_LEN]> {
        derived(&self.0.derive, purpose)
    }

    /// The key of the environment, else of `state_dir`, where it is made at the first start.
    ///
    /// # Errors
    /// See [`SecretError`].
    pub fn load(state_dir: &Path, variable: Option<&str>) -> Result<Self, SecretError> {
        // A key beside a database that it did not seal would open nothing: the right one is missing.
        let is_new = !state_dir.join(super::location::FILE).exists();
        if variable.is_none()
            && is_new
            && let Some(key) = make_key(state_dir, &state_dir.join(KEY_FILE))?
        {
            return Ok(Self::new(&key));
        }
        Self::existing(state_dir, variable)
    }

    /// The same where a key must be there already, since something was sealed with it.
    ///
    /// # Errors
    /// See [`SecretError`].
    pub fn existing(state_dir: &Path, variable: Option<&str>) -> Result<Self, SecretError> {
        if let Some(text) = variable {
            return Ok(Self::new(&*read_key(text).ok_or(SecretError::Variable)?));
        }
        let path = state_dir.join(KEY_FILE);
        if !path.exists() {
            return Err(SecretError::Missing(path));
        }
        let failed = |error| SecretError::File { path: path.clone(), error };
        let mode = std::fs::metadata(&path).map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(SecretError::Readable(path));
        }
        let text = Zeroizing::new(std::fs::read_to_string(&path).map_err(failed)?);
        Ok(Self::new(&*read_key(&text).ok_or(SecretError::NotAKey(path))?))
    }

    /// Encrypts a secret of the configuration. It opens wherever a secret may stand there: who
    /// can move it about in the file can also write others.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn seal_setting(&self, plain: &str) -> Result<String, StoreError> {
        self.seal(SETTING, plain)
    }

    /// Decrypts what [`Secrets::seal_setting`] made.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] with another key, or when it is damaged.
    pub fn open_setting(&self, sealed: &str) -> Result<Zeroizing<String>, StoreError> {
        self.open(SETTING, sealed)
    }

    /// Encrypts a value for one place: nonce and ciphertext in base64.
    pub(super) fn seal(&self, place: Place<'_>, plain: &str) -> Result<String, StoreError> {
        let nonce = random::bytes::<NONCE_LEN>()?;
        let payload = Payload { msg: plain.as_bytes(), aad: &place.bytes() };
        let sealed =
            self.0.seal.encrypt(&Nonce::from(nonce), payload).map_err(|_| StoreError::Corrupt)?;
        Ok(STANDARD.encode([&nonce[..], &sealed].concat()))
    }

    /// Decrypts a value of this place.
    pub(super) fn open(
        &self,
        place: Place<'_>,
        sealed: &str,
    ) -> Result<Zeroizing<String>, StoreError> {
        let bytes = STANDARD.decode(sealed).map_err(|_| StoreError::Corrupt)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>().ok_or(StoreError::Corrupt)?;
        let payload = Payload { msg: sealed, aad: &place.bytes() };
        let plain =
            self.0.seal.decrypt(&Nonce::from(*nonce), payload).map_err(|_| StoreError::Corrupt)?;
        String::from_utf8(plain).map(Zeroizing::new).map_err(|_| StoreError::Corrupt)
    }
}

/// No table has this name.
const SETTING: Place<'static> = Place { table: "causeway.toml", column: "secret", row: "" };

/// Where a sealed value stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) table: &'a str,
    pub(super) column: &'a str,
    pub(super) row: &'a str,
}

impl Place<'_> {
    /// Unambiguous, since tables and columns are ours and hold no zero byte.
    fn bytes(&self) -> Vec<u8> {
        [self.table, self.column, self.row].join("\0").into_bytes()
    }
}

fn read_key(text: &str) -> Option<Zeroizing<[u8; KEY_LEN]>> {
    let text = text.trim();
    let bytes = Zeroizing::new(STANDARD.decode(text).or_else(|_| hex::decode(text)).ok()?);
    // 64 hex digits are base64 too, of 48 bytes.
    let bytes =
        if bytes.len() == KEY_LEN { bytes } else { Zeroizing::new(hex::decode(text).ok()?) };
    <[u8; KEY_LEN]>::try_from(bytes.as_slice()).ok().map(Zeroizing::new)
}

/// Makes the file; `None` when it is there already. It appears whole or not at all.
fn make_key(
    state_dir: &Path,
    path: &Path,
) -> Result<Option<Zeroizing<[u8; KEY_LEN]>>, SecretError> {
    if path.exists() {
        return Ok(None);
    }
    let failed = |error| SecretError::File { path: path.to_owned(), error };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(state_dir).map_err(failed)?;
    let key = Zeroizing::new(random::bytes::<KEY_LEN>().map_err(|_| SecretError::Random)?);
    let draft = state_dir.join(format!("{KEY_FILE}.{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(failed)?;
    let text = Zeroizing::new(format!("{}\n", STANDARD.encode(*key)));
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    // A link, unlike a renaming, never replaces the key of a process that was faster.
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft).map_err(failed)?;
    match linked {
        Ok(()) => Ok(Some(key)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// A key of this key (RFC 5869 section 2.3, one block of it).
fn derived(key: &[u8; KEY_LEN], purpose: &[&str]) -> Zeroizing<[u8; KEY_LEN]> {
    let mut mac = mac(key);
    for word in purpose {
        mac.update(word.as_bytes());
        // No word holds it, so that no two purposes are written alike.
        mac.update(&[0]);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// HMAC-SHA-256 with this key.
pub(crate) fn mac(key: &[u8; KEY_LEN]) -> Hmac<Sha256> {
    const BLOCK: usize = 64;
    let mut block = Zeroizing::new([0; BLOCK]);
    // Shorter keys are filled with zeros (RFC 2104 section 2).
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    Hmac::new((&*block).into())
}

/// SHA-256 in hex.
pub(super) fn sha256(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    hex::encode(digest.finalize())
}

impl Store {
    /// Keeps a secret under a name, in place of what was there.
    ///
    /// # Errors
    /// When the store does not take it.
    pub async fn put_secret(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let place = Place { table: "secret", column: "value", row: name };
        let sealed = self.secrets().seal(place, value)?;
        let query = sqlx::query(
            "INSERT INTO secret (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        );
        self.run(query.bind(name.to_owned()).bind(sealed)).await.map(drop)
    }

    /// The secret of a name.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Corrupt`] with another key.
    pub async fn secret(&self, name: &str) -> Result<Zeroizing<String>, StoreError> {
        let query = sqlx::query("SELECT value FROM secret WHERE name = $1").bind(name.to_owned());
        let row = self.row(query).await?.ok_or(StoreError::NotFound)?;
        let sealed: String = get(&row, "value")?;
        self.secrets().open(Place { table: "secret", column: "value", row: name }, &sealed)
    }

    /// Every secret whose name begins so. The name is one of ours, without signs of a pattern.
    ///
    /// # Errors
    /// As [`Store::secret`].
    pub(crate) async fn secrets_named(
        &self,
        prefix: &str,
    ) -> Result<Vec<(String, Zeroizing<String>)>, StoreError> {
        let sql = "SELECT name, value FROM secret WHERE name LIKE $1";
        let rows = self.rows(sqlx::query(sql).bind(format!("{prefix}%"))).await?;
        let read = |row: &AnyRow| {
            let (name, sealed): (String, String) = (get(row, "name")?, get(row, "value")?);
            let place = Place { table: "secret", column: "value", row: &name };
            let value = self.secrets().open(place, &sealed)?;
            Ok((name, value))
        };
        rows.iter().map(read).collect()
    }

    /// Forgets the secret of a name.
    ///
    /// # Errors
    /// When the store does not take it.
    pub async fn delete_secret(&self, name: &str) -> Result<(), StoreError> {
        self.run(sqlx::query("DELETE FROM secret WHERE name = $1").bind(name.to_owned()))
            .await
            .map(drop)
    }
}
