//! The portal's own key: one 0400 file outside the database, subkeys by purpose.
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// What a subkey is for.
#[derive(Debug, Clone, Copy)]
pub enum Purpose {
    /// the MAC of each event in the log
    Audit,
    /// the pepper over passwords
    Password,
    /// form tokens
    Forms,
    /// the seed of the key that signs checkpoints
    Checkpoint,
    /// keyed digests of sensitive facts in the log
    Digest,
    /// 有効化コード as they are kept
    Activation,
    /// ids of sessions as they are kept
    Session,
    /// what a session, and a password given again, stand for
    Bond,
    /// marks of browsers as they are kept
    Browser,
    /// what a mail carries and no row keeps
    Mail,
    /// what a browser carries of a form over a sign-in
    Kept,
    /// numbers at the foot of printed sheets
    Paper,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Audit => b"mamori audit 1",
            Self::Password => b"mamori password 1",
            Self::Forms => b"mamori forms 1",
            Self::Checkpoint => b"mamori checkpoint 1",
            Self::Digest => b"mamori digest 1",
            Self::Activation => b"mamori activation 1",
            Self::Session => b"mamori session 1",
            Self::Bond => b"mamori bond 1",
            Self::Browser => b"mamori browser 1",
            Self::Mail => b"mamori mail 1",
            Self::Kept => b"mamori kept 1",
            Self::Paper => b"mamori paper 1",
        }
    }
}

/// The master key. Never printed; wiped when dropped.
pub struct Keys(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}

impl Keys {
    /// Reads `keys/master.key` under the data directory, or makes it on the very first start.
    pub fn open(data_dir: &Path) -> anyhow::Result<Self> {
        let dir = data_dir.join("keys");
        let path = dir.join("master.key");
        fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        match fs::read(&path) {
            Ok(bytes) => {
                let bytes: [u8; 32] =
                    bytes.try_into().map_err(|_| anyhow::anyhow!("{} is not a key of 32 bytes", path.display()))?;
                Ok(Self(Zeroizing::new(bytes)))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = random_bytes::<32>();
                let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o400).open(&path)?;
                file.write_all(&key)?;
                file.sync_all()?;
                fs::File::open(&dir)?.sync_all()?;
                Ok(Self(Zeroizing::new(key)))
            }
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Reads the key where there is one, and makes none.
    pub fn find(data_dir: &Path) -> anyhow::Result<Option<Self>> {
        if data_dir.join("keys").join("master.key").exists() { Self::open(data_dir).map(Some) } else { Ok(None) }
    }

    /// A key from given bytes, for tests.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The subkey for a purpose.
    #[must_use]
    pub fn subkey(&self, purpose: Purpose) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(hmac_sha256(&*self.0, &[purpose.label()]))
    }
}

/// HMAC-SHA256 over the concatenated parts.
#[must_use]
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // a key of any length is accepted by HMAC; the error arm cannot be reached
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Random bytes from the operating system.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    rand::random()
}

/// Equal, compared in constant time.
#[must_use]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    use subtle::ConstantTimeEq as _;
    a.ct_eq(b).into()
}
