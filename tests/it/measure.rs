//! Measurements (security.md §§ 4, 6): they print medians and assert no time, and run only when asked for by name:
//! `scripts/test --release -E 'test(measure::)' --run-ignored only --no-capture`
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::kernel::access::Actor;
use mamori::kernel::audit::Event;
use mamori::kernel::audit::verify::{Means, verify};
use mamori::kernel::keys::Purpose;
use mamori::kernel::work::Work;
use serde_json::json;

use crate::support::bench::Bench;
use crate::support::portal::{PASSWORD, Portal};

const ROUNDS: u8 = 40;
const WRONG: &str = "Wrong-Kagi!1";

/// One attempt from a machine of its own; how long the answer took.
async fn attempt(portal: &Portal, round: u8, (at, login): (u8, &str), password: &str) -> Duration {
    let mut browser = portal.browser();
    browser.source = IpAddr::V4(Ipv4Addr::new(10, 0, at, round));
    browser.get("/sign-in").await.ok();
    let begun = Instant::now();
    let page = browser.post("/sign-in", &[("login", login), ("password", password)]).await;
    let took = begun.elapsed();
    let refused = page.status == StatusCode::UNPROCESSABLE_ENTITY;
    assert_eq!(refused, password == WRONG, "{login}: {}", page.words());
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Whoever is refused cannot tell by the time whether an ID exists, is stopped or is locked.
#[tokio::test]
#[ignore = "a measurement"]
async fn a_refused_sign_in_takes_as_long_whatever_the_reason() {
    let mut portal = Portal::open().await;
    portal.hashes_as_in_use().await;
    // who signs in has their password hashed anew, at the cost that it has in use
    for name in ["田中", "山本", "鈴木"] {
        portal.sign_in(name).await;
    }
    portal.loses_sign_in("鈴木").await;
    for round in 0..12 {
        portal.advance(TimeDelta::minutes(10));
        attempt(&portal, round, (9, "yamamoto"), WRONG).await;
    }
    let cases = [("unknown", "nobody"), ("wrong password", "tanaka"), ("stopped", "suzuki"), ("locked", "yamamoto")];
    let mut times = cases.map(|_| Vec::new());
    for round in 0..ROUNDS {
        portal.advance(TimeDelta::minutes(10));
        // the counter of the one whose password is merely wrong begins anew
        attempt(&portal, round, (8, "tanaka"), PASSWORD).await;
        for (at, (times, (_, login))) in (0u8..).zip(times.iter_mut().zip(&cases)) {
            times.push(attempt(&portal, round, (at, login), WRONG).await);
        }
    }
    for ((what, _), times) in cases.iter().zip(times) {
        println!("{what}: median {:.1} ms of {ROUNDS}", median(times).as_secs_f64() * 1000.0);
    }
}

const EVENTS: usize = 200_000;
const AT_ONCE: usize = 500;

/// How many events a second the verifier reads, recomputes and compares.
#[tokio::test]
#[ignore = "a measurement"]
async fn a_long_log_is_verified() {
    let bench = Bench::open().await;
    for batch in 0..EVENTS / AT_ONCE {
        let write = async |work: &mut Work| {
            for number in 0..AT_ONCE {
                let facts = json!({ "batch": batch, "number": number, "名": "例" });
                work.record(Event::done("test.happened", "test", number).facts(facts)).await?;
            }
            Ok(())
        };
        bench.app.change(&Actor::portal(), write).await.unwrap();
    }
    let means = Means { key: Some(bench.app.keys().subkey(Purpose::Audit)), ..Means::default() };
    let mut conn = bench.superuser().await;
    let mut times = Vec::new();
    for _ in 0..3 {
        let begun = Instant::now();
        let report = verify(&mut conn, &means).await.unwrap();
        times.push(begun.elapsed());
        assert!(report.whole());
        assert_eq!(usize::try_from(report.events).unwrap(), EVENTS);
    }
    let took = median(times).as_secs_f64();
    println!("{EVENTS} events verified in {took:.2} s (median of 3): {:.0} events/s", EVENTS as f64 / took);
}
