//! Jobs: each once, whoever dies; nothing twice, nothing lost, nothing hidden.
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use chrono::TimeDelta;
use mamori::kernel::access::Actor;
use mamori::kernel::app::App;
use mamori::kernel::audit::Event;
use mamori::kernel::database::Role;
use mamori::kernel::jobs::{self, Job, JobError, Jobs, Ran, Runner};
use mamori::kernel::work::Work;
use serde::{Deserialize, Serialize};
use sqlx::Executor as _;

use crate::support::bench::Bench;

/// Writes one event; its effect commits with its finish.
#[derive(Serialize, Deserialize)]
struct Count {
    number: u32,
}

#[async_trait]
impl Job for Count {
    const KIND: &'static str = "test.count";
    fn dedup_key(&self) -> Option<String> {
        Some(self.number.to_string())
    }
    async fn run(self, app: &App) -> Result<(), JobError> {
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| {
            work.record(Event::done("test.counted", "test", self.number)).await?;
            jobs::finish(work).await
        })
        .await
        .map_err(JobError::from)
    }
}

/// Fails as often as it is told.
#[derive(Serialize, Deserialize)]
struct Stubborn {
    give_up: bool,
}

#[async_trait]
impl Job for Stubborn {
    const KIND: &'static str = "test.stubborn";
    async fn run(self, _: &App) -> Result<(), JobError> {
        let why = anyhow::anyhow!("the printer is on fire");
        Err(if self.give_up { JobError::GiveUp(why) } else { JobError::Retry(why) })
    }
}

/// Panics.
#[derive(Serialize, Deserialize)]
struct Clumsy;

#[async_trait]
impl Job for Clumsy {
    const KIND: &'static str = "test.clumsy";
    async fn run(self, _: &App) -> Result<(), JobError> {
        panic!("oops")
    }
}

/// While it works, its lease goes to another worker.
#[derive(Serialize, Deserialize)]
struct Robbed;

#[async_trait]
impl Job for Robbed {
    const KIND: &'static str = "test.robbed";
    async fn run(self, app: &App) -> Result<(), JobError> {
        let thieves = app.part::<AtomicU32>()?;
        app.change_as(Role::Worker, &Actor::portal(), async |work: &mut Work| {
            if thieves.fetch_add(1, Ordering::SeqCst) == 0 {
                let mut other = app.database().pool(Role::Worker).acquire().await?;
                other.execute("update job set worker = gen_random_uuid(), attempts = attempts + 1, lease_until = now() - interval '1 year' where kind = 'test.robbed'").await?;
            }
            work.record(Event::done("test.counted", "test", "robbed")).await?;
            jobs::finish(work).await
        })
        .await
        .map_err(JobError::from)
    }
}

async fn bench() -> Bench {
    let jobs = Jobs::new().register::<Count>().register::<Stubborn>().register::<Clumsy>().register::<Robbed>();
    let bench = Bench::with(jobs, |builder| builder.part(AtomicU32::new(0))).await;
    // what the calendar brings is not what these tests are about
    Runner::new(&bench.app).unwrap().run_due().await.unwrap();
    bench
}

async fn enqueue<J: Job>(bench: &Bench, jobs: impl IntoIterator<Item = J>) {
    bench
        .app
        .change(&Actor::portal(), async |work: &mut Work| {
            for job in jobs {
                work.enqueue(&job).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

async fn run(bench: &Bench) -> Ran {
    Runner::new(&bench.app).unwrap().run_due().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_workers_do_a_thousand_jobs_once_each() {
    let bench = Arc::new(bench().await);
    enqueue(&bench, (0..1_000).map(|number| Count { number })).await;
    let workers = (0..8).map(|_| {
        let bench = Arc::clone(&bench);
        tokio::spawn(async move { run(&bench).await })
    });
    let mut done = 0;
    for worker in workers.collect::<Vec<_>>() {
        done += worker.await.unwrap().done;
    }
    assert_eq!(done, 1_000);
    assert_eq!(bench.number("select count(*) from audit.event where kind = 'test.counted'").await, 1_000);
    assert_eq!(
        bench.number("select count(distinct entity_id) from audit.event where kind = 'test.counted'").await,
        1_000
    );
    assert_eq!(bench.number("select count(*) from job where state <> 'done'").await, 0);
}

#[tokio::test]
async fn a_job_asked_for_twice_is_done_once() {
    let bench = bench().await;
    enqueue(&bench, [Count { number: 1 }, Count { number: 1 }]).await;
    enqueue(&bench, [Count { number: 1 }]).await;
    assert_eq!(run(&bench).await.done, 1);
    enqueue(&bench, [Count { number: 1 }]).await;
    assert_eq!(run(&bench).await.done, 1, "once it is done, it may be asked for again");
}

#[tokio::test]
async fn a_job_of_an_undone_transaction_never_was() {
    let bench = bench().await;
    let undone = bench
        .app
        .change(&Actor::portal(), async |work: &mut Work| {
            work.enqueue(&Count { number: 1 }).await?;
            Err::<(), _>(mamori::kernel::error::Error::NotFound)
        })
        .await;
    assert!(undone.is_err());
    assert_eq!(run(&bench).await.all(), 0);
}

#[tokio::test]
async fn a_dead_workers_job_is_taken_over_when_its_lease_ends() {
    let bench = bench().await;
    enqueue(&bench, [Count { number: 1 }]).await;
    bench.superuser().await.execute("update job set state = 'running', worker = gen_random_uuid(), attempts = 1, lease_until = timestamptz '2026-04-01 09:01+09' where kind = 'test.count'").await.unwrap();
    assert_eq!(run(&bench).await.all(), 0, "the lease still holds");
    bench.advance(TimeDelta::seconds(61));
    assert_eq!(run(&bench).await.done, 1);
    assert_eq!(bench.number("select attempts::bigint from job where kind = 'test.count'").await, 2);
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_leaves_no_trace() {
    let bench = bench().await;
    enqueue(&bench, [Robbed]).await;
    let ran = run(&bench).await;
    assert_eq!((ran.lost, ran.done), (1, 1), "refused the first, and done by whoever took it over");
    assert_eq!(bench.number("select count(*) from audit.event where kind = 'test.counted'").await, 1);
}

#[tokio::test]
async fn failures_wait_longer_each_time_and_end_as_dead_letters() {
    let bench = bench().await;
    enqueue(&bench, [Stubborn { give_up: false }]).await;
    let mut attempts = 0;
    loop {
        let ran = run(&bench).await;
        attempts += ran.again + ran.dead;
        if ran.dead > 0 {
            break;
        }
        assert_eq!(run(&bench).await.again, 0, "not again at once");
        bench.advance(TimeDelta::hours(6));
    }
    assert_eq!(attempts, 10);
    let mut read = bench.app.read_all(Role::App).await.unwrap();
    let dead = jobs::list(read.conn(), Some(jobs::State::Dead), None, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert!(dead[0].last_error.as_deref().unwrap().contains("the printer is on fire"));
}

#[tokio::test]
async fn what_nobody_can_help_is_dead_at_once_and_may_be_tried_again_by_hand() {
    let bench = bench().await;
    enqueue(&bench, [Stubborn { give_up: true }]).await;
    assert_eq!(run(&bench).await.dead, 1);
    let mut read = bench.app.read_all(Role::App).await.unwrap();
    let id = jobs::list(read.conn(), Some(jobs::State::Dead), None, 10).await.unwrap()[0].id;
    drop(read);
    let again = async |work: &mut Work| {
        let now = work.now;
        Ok(jobs::retry(work.conn(), id, now).await?)
    };
    assert!(bench.app.change(&Actor::portal(), again).await.unwrap());
    assert!(!bench.app.change(&Actor::portal(), again).await.unwrap(), "the second click finds it waiting already");
    assert_eq!(run(&bench).await.dead, 1);
}

#[tokio::test]
async fn a_panic_is_a_failure_like_any_other() {
    let bench = bench().await;
    enqueue(&bench, [Clumsy]).await;
    assert_eq!(run(&bench).await.again, 1);
}

#[tokio::test]
async fn a_kind_nobody_knows_is_shown_not_swallowed() {
    let bench = bench().await;
    bench.superuser().await.execute("insert into job (id, kind, payload, run_at, created_at) values (gen_random_uuid(), 'gone', '{}', '2026-04-01', '2026-04-01')").await.unwrap();
    assert_eq!(run(&bench).await.dead, 1);
}

#[tokio::test]
async fn the_night_comes_once_a_day_and_the_seal_every_five_minutes() {
    let bench = bench().await;
    bench.record(1).await;
    for _ in 0..12 {
        bench.advance(TimeDelta::minutes(5));
        run(&bench).await;
    }
    assert_eq!(bench.number("select count(*) from job where kind = 'portal.nightly'").await, 1);
    assert_eq!(bench.number("select count(*) from job where kind = 'portal.seal'").await, 13);
    let verified: Vec<(String, serde_json::Value)> =
        sqlx::query_as("select outcome, facts->'findings' from audit.event where kind = 'audit.verified'")
            .fetch_all(&mut bench.superuser().await)
            .await
            .unwrap();
    assert_eq!(verified, [("ok".to_owned(), serde_json::json!([]))]);
    bench.advance(TimeDelta::days(1));
    run(&bench).await;
    assert_eq!(bench.number("select count(*) from job where kind = 'portal.nightly'").await, 2);
    assert!(bench.number("select count(*) from audit.checkpoint").await >= 1);
}

#[tokio::test]
async fn the_night_says_so_when_the_log_was_touched() {
    let bench = bench().await;
    bench.record(3).await;
    bench.tamper("update audit.event set kind = 'test.other' where entity_id = '1'").await;
    bench.advance(TimeDelta::days(1));
    run(&bench).await;
    assert_eq!(bench.number("select count(*) from audit.event where kind = 'audit.verified' and outcome = 'failed' and facts->'findings'->0->>'what' = 'column_changed'").await, 1);
}
