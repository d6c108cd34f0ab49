//! Chooses what to run.
use std::process::ExitCode;

use mamori::kernel::database::WrongSchema;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    // before anything else: the reader of foreign files is to have nothing but its own memory
    if let Some(code) = mamori::kernel::sheets::child::asked() {
        return code;
    }
    serve()
}

#[tokio::main]
async fn serve() -> ExitCode {
    let filter = EnvFilter::try_from_env("MAMORI_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match mamori::cli::run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("mamori: {error:#}");
            if error.chain().any(<dyn std::error::Error>::is::<WrongSchema>) {
                return ExitCode::from(WrongSchema::EXIT);
            }
            ExitCode::FAILURE
        }
    }
}
