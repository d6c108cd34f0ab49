//! How this process was told to run: from the command line and `MAMORI_…` variables; never prints a secret.
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono::NaiveTime;
use clap::{Args, ValueEnum};

use super::secret::Secret;

/// What the portal is for right now; decides which start-up refusals hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// a real organisation (https, real data)
    Production,
    /// a fictional organisation on loopback
    Demo,
    /// the test suite
    Test,
}

/// Options every command shares.
#[derive(Clone, Args)]
pub struct Common {
    /// Where the portal keeps its database, keys and files
    #[arg(long, env = "MAMORI_DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// The PostgreSQL to use instead of a private one (signs in as a member of the mamori_* roles)
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<Secret>,
    /// Over which migrations run when DATABASE_URL is given
    #[arg(long, env = "MAMORI_MIGRATE_URL", global = true, hide_env_values = true)]
    pub migrate_url: Option<Secret>,
    /// A second directory for signed checkpoints, best a mounted one that other people administer
    #[arg(long, env = "MAMORI_CHECKPOINT_DIR", global = true)]
    pub checkpoint_dir: Option<PathBuf>,
    /// A folder with further regulations (KEY.toml, KEY.bindings.toml); without it, `regulations` in the data directory
    #[arg(long, env = "MAMORI_REGULATIONS_DIR", global = true)]
    pub regulations_dir: Option<PathBuf>,
}

impl Common {
    /// The folder of further regulations: the one that was named, else that of the data directory, if it is there.
    #[must_use]
    pub fn regulations(&self, data_dir: &Path) -> Option<PathBuf> {
        let own = || Some(data_dir.join("regulations")).filter(|folder| folder.is_dir());
        self.regulations_dir.clone().or_else(own)
    }
}

/// Options of the commands that serve.
#[derive(Clone, Args)]
pub struct Serving {
    /// The address to listen on
    #[arg(long, env = "MAMORI_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The portal's address as people type it, for links and the check of foreign forms
    #[arg(long, env = "MAMORI_ORIGIN")]
    pub origin: Option<String>,
    /// smtp://user:password@host:port — without it, mails are read in the administrator's screen
    #[arg(long, env = "MAMORI_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<Secret>,
    /// The sender of mails
    #[arg(long, env = "MAMORI_MAIL_FROM", default_value = "mamori@localhost")]
    pub mail_from: String,
    /// When the morning's mail is gathered, on business days
    #[arg(long, env = "MAMORI_DIGEST_AT", default_value = "08:30", value_parser = time_of_day)]
    pub digest_at: NaiveTime,
    /// Proxies whose X-Forwarded-For is believed
    #[arg(long, env = "MAMORI_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Metrics and health for machines, on an address of their own
    #[arg(long, env = "MAMORI_ADMIN_LISTEN")]
    pub admin_listen: Option<SocketAddr>,
}

impl Serving {
    /// What the environment says, when no command was typed.
    #[must_use]
    pub fn parse_environment() -> Self {
        #[derive(clap::Parser)]
        struct Only {
            #[command(flatten)]
            serving: Serving,
        }
        <Only as clap::Parser>::parse_from(["mamori"]).serving
    }
}

fn time_of_day(typed: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(typed, "%H:%M").map_err(|_| format!("{typed} is no time of day such as 08:30"))
}

/// What the running portal knows of all that.
#[derive(Clone)]
pub struct Config {
    /// mode
    pub mode: Mode,
    /// `https://mamori.example.jp`, without a slash at the end
    pub origin: String,
    /// the data directory
    pub data_dir: PathBuf,
    /// where checkpoints are laid down once more, off the machine
    pub checkpoint_dir: Option<PathBuf>,
    /// the folder of further regulations, if there is one
    pub regulations_dir: Option<PathBuf>,
    /// the sender of mails
    pub mail_from: String,
    /// SMTP, if mails leave the house
    pub smtp_url: Option<Secret>,
    /// when the morning's mail is gathered, on business days
    pub digest_at: NaiveTime,
    /// proxies whose X-Forwarded-For is believed
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// cost of password hashing (cheap in tests)
    pub argon2: (u32, u32, u32),
    /// the program that reads files of other people's making: this one, as a process of its own
    pub reader: PathBuf,
}

impl Config {
    /// Served over https, so cookies are `__Host-` and Secure.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// The name of the session cookie.
    #[must_use]
    pub fn session_cookie(&self) -> &'static str {
        if self.secure() { "__Host-sid" } else { "sid" }
    }
}

/// This very program, even when its file has been replaced by the next version meanwhile.
#[must_use]
pub fn own_program() -> PathBuf {
    PathBuf::from(format!("/proc/{}/exe", std::process::id()))
}

/// OWASP's parameters: 19 MiB, two passes, one lane.
pub const ARGON2: (u32, u32, u32) = (19_456, 2, 1);

/// The data directory where none is named: `/var/lib/mamori` as root, else the user's data home.
#[must_use]
pub fn default_data_dir(is_root: bool) -> PathBuf {
    if is_root {
        return PathBuf::from("/var/lib/mamori");
    }
    let home = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")));
    home.unwrap_or_else(|| PathBuf::from(".")).join("mamori")
}
