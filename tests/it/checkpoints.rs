//! Checkpoints off the machine: the second directory, what happens while it is away, and what it is worth against somebody
//! who owns the machine and the database.
use std::fs;
use std::path::Path;
use std::sync::Arc;

use mamori::kernel::audit::checkpoint::{self, PUBLIC_KEY, read_dir, read_public_key, seal};
use mamori::kernel::audit::verify::{Means, verify};
use mamori::web::health::{self, Health};

use crate::support::bench::Bench;

fn numbers(dir: &Path) -> Vec<i64> {
    read_dir(dir).unwrap().iter().map(|checkpoint| checkpoint.seq).collect()
}

async fn ready(bench: &Bench) -> (u16, String) {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    let router = health::public(&bench.app, &Arc::new(Health::default()));
    let request = axum::http::Request::get("/readyz").body(axum::body::Body::empty()).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn each_checkpoint_is_laid_down_twice_and_the_second_place_is_enough_to_verify_with() {
    let away = tempfile::tempdir().unwrap();
    let bench = Bench::carrying(away.path()).await;
    for _ in 0..3 {
        bench.record(2).await;
        seal(&bench.app).await.unwrap().unwrap();
    }
    assert_eq!(numbers(&checkpoint::dir(bench.data_dir())), [2, 4, 6]);
    assert_eq!(numbers(away.path()), [2, 4, 6]);
    let public = read_public_key(&away.path().join(PUBLIC_KEY)).unwrap();
    let means = Means { public: Some(public), checkpoints: read_dir(away.path()).unwrap(), ..Means::default() };
    let report = verify(&mut bench.superuser().await, &means).await.unwrap();
    assert_eq!((report.findings.len(), report.last_checkpoint), (0, Some(6)));
}

#[tokio::test]
async fn while_the_second_place_is_away_the_portal_is_unready_and_afterwards_nothing_is_missing_there() {
    let mount = tempfile::tempdir().unwrap();
    let away = mount.path().join("checkpoints");
    fs::create_dir(&away).unwrap();
    let bench = Bench::carrying(&away).await;
    bench.record(2).await;
    seal(&bench.app).await.unwrap().unwrap();
    assert_eq!(ready(&bench).await.0, 200);

    let elsewhere = mount.path().join("unmounted");
    fs::rename(&away, &elsewhere).unwrap();
    for _ in 0..2 {
        bench.record(2).await;
        let refused = format!("{:#}", seal(&bench.app).await.unwrap_err());
        assert!(refused.contains("cannot read") && refused.contains("checkpoints"), "{refused}");
    }
    assert!(!away.exists(), "a missing mount is not made on this machine");
    assert_eq!(numbers(&checkpoint::dir(bench.data_dir())), [2, 4, 6], "at home all are signed");
    let (status, body) = ready(&bench).await;
    assert_eq!(status, 503);
    assert!(body.contains(r#"{"name":"checkpoint_dir","ok":false}"#), "{body}");

    fs::rename(&elsewhere, &away).unwrap();
    assert_eq!(seal(&bench.app).await.unwrap(), None, "nothing has happened since, and what was missed is carried");
    assert_eq!(numbers(&away), [2, 4, 6]);
    assert_eq!(ready(&bench).await.0, 200);
    let left: Vec<_> = fs::read_dir(&away).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 4, "three checkpoints and the public key: {left:?}");
}

#[tokio::test]
async fn who_cuts_the_log_and_the_files_of_the_machine_gets_no_signature_and_is_found_by_the_other_place() {
    let away = tempfile::tempdir().unwrap();
    let bench = Bench::carrying(away.path()).await;
    for _ in 0..2 {
        bench.record(3).await;
        seal(&bench.app).await.unwrap().unwrap();
    }
    // the last three events, the checkpoint over them and its file: all that is on this machine
    bench
        .tamper(
            "delete from audit.event where id in (select event_id from audit.chain where seq > 3);
             delete from audit.chain where seq > 3;
             delete from audit.checkpoint where seq > 3;
             update audit.head set seq = 3, hash = (select hash from audit.chain where seq = 3)",
        )
        .await;
    let home = checkpoint::dir(bench.data_dir());
    fs::remove_file(home.join(format!("{:020}.json", 6))).unwrap();
    let public = Some(read_public_key(&away.path().join(PUBLIC_KEY)).unwrap());
    let judge = async |dirs: &[std::path::PathBuf]| {
        let means = Means { public, checkpoints: checkpoint::read_all(dirs).unwrap(), ..Means::default() };
        verify(&mut bench.superuser().await, &means).await.unwrap()
    };
    assert!(judge(std::slice::from_ref(&home)).await.whole(), "this machine alone tells nothing");
    assert!(!judge(&checkpoint::dirs(bench.data_dir(), Some(away.path()))).await.whole());
    let refused = seal(&bench.app).await.unwrap_err().to_string();
    assert_eq!(refused, "the log ends at 3, but 6 was already signed; refusing to sign");
}
