//! Mail against a mail server of the test's own: delivered once, kept when it cannot be, readable in any case.
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use mamori::kernel::access::Actor;
use mamori::kernel::audit::Event;
use mamori::kernel::jobs::{Jobs, Runner};
use mamori::kernel::mail::{Carrier, Mail};
use mamori::kernel::work::Work;
use sqlx::Executor as _;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::support::bench::Bench;

/// A mail server that keeps what it is given, and answers recipients as told.
struct Sink {
    url: String,
    mails: Arc<Mutex<Vec<String>>>,
    answer: Arc<Mutex<&'static str>>,
}

impl Sink {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let mails = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(Mutex::new("250 ok"));
        let (kept, told) = (Arc::clone(&mails), Arc::clone(&answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&kept), Arc::clone(&told)));
            }
        });
        Self { url, mails, answer }
    }

    fn says(&self, answer: &'static str) {
        *self.answer.lock().unwrap() = answer;
    }

    fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }
}

async fn serve(stream: TcpStream, mails: Arc<Mutex<Vec<String>>>, answer: Arc<Mutex<&'static str>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let said = if line.starts_with("RCPT") {
            (*answer.lock().unwrap()).to_owned()
        } else if line == "DATA" {
            "354 go on".to_owned()
        } else {
            "250 ok".to_owned()
        };
        if write.write_all(format!("{said}\r\n").as_bytes()).await.is_err() {
            return;
        }
        if line == "DATA" {
            let mut mail = String::new();
            while let Ok(Some(line)) = lines.next_line().await {
                if line == "." {
                    break;
                }
                mail.push_str(&line);
                mail.push('\n');
            }
            mails.lock().unwrap().push(mail);
            write.write_all(b"250 kept\r\n").await.unwrap();
        }
    }
}

const PERSON: &str = "insert into person (id, employee_no, family_name, reading, mail, employment, joined_on)
                      values ('00000000-0000-7000-8000-000000000001', '000001', '田中', 'たなか', 'tanaka@example.jp', 'permanent', '2020-04-01'),
                             ('00000000-0000-7000-8000-000000000002', '000002', '鈴木', 'すずき', null, 'permanent', '2020-04-01')";

async fn bench(sink: &Sink) -> Bench {
    let carrier = Carrier::new(&sink.url, "守り <mamori@example.jp>").unwrap();
    let bench = Bench::with(Jobs::new(), |builder| builder.part(carrier)).await;
    bench.superuser().await.execute(PERSON).await.unwrap();
    bench
}

async fn write_to(bench: &Bench, person: u128) {
    let mail = Mail {
        person: uuid::Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 + person).into(),
        kind: "request.returned",
        subject: "申請 R8-ACC-0001 が差し戻されました".to_owned(),
        body: "http://127.0.0.1:8080/requests/R8-ACC-0001".to_owned(),
        entity: "request",
        entity_id: "R8-ACC-0001".to_owned(),
    };
    bench
        .app
        .change(&Actor::portal(), async |work: &mut Work| {
            work.record(Event::done("request.returned", "request", "R8-ACC-0001")).await?;
            work.mail(mail).await
        })
        .await
        .unwrap();
}

async fn run(bench: &Bench) {
    Runner::new(&bench.app).unwrap().run_due().await.unwrap();
}

#[tokio::test]
async fn a_mail_is_delivered_once_under_the_id_that_the_outbox_gave_it() {
    let sink = Sink::open().await;
    let bench = bench(&sink).await;
    write_to(&bench, 1).await;
    run(&bench).await;
    run(&bench).await;
    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    let id: String =
        sqlx::query_scalar("select message_id from outbox").fetch_one(&mut bench.superuser().await).await.unwrap();
    assert!(mails[0].contains(&format!("Message-ID: {id}")), "{}", mails[0]);
    assert!(mails[0].contains("To: tanaka@example.jp") && mails[0].contains("Auto-Submitted: auto-generated"));
    assert!(mails[0].contains("http://127.0.0.1:8080/requests/R8-ACC-0001"));
    assert_eq!(bench.number("select count(*) from outbox where sent_at is not null").await, 1);
}

#[tokio::test]
async fn a_mail_server_that_is_down_loses_nothing() {
    let sink = Sink::open().await;
    let bench = bench(&sink).await;
    sink.says("451 later");
    write_to(&bench, 1).await;
    run(&bench).await;
    assert_eq!(sink.mails().len(), 0);
    assert_eq!(
        bench
            .number("select count(*) from outbox where sent_at is null and attempts = 1 and last_error like '%451%'")
            .await,
        1
    );
    sink.says("250 ok");
    bench.advance(TimeDelta::seconds(11));
    run(&bench).await;
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn an_address_that_does_not_exist_becomes_a_dead_letter_at_once() {
    let sink = Sink::open().await;
    let bench = bench(&sink).await;
    sink.says("550 no such user");
    write_to(&bench, 1).await;
    run(&bench).await;
    assert_eq!(
        bench.number("select count(*) from job where state = 'dead' and last_error like '%no such user%'").await,
        1
    );
    assert_eq!(bench.number("select count(*) from outbox where sent_at is null").await, 1, "it stays readable");
}

#[tokio::test]
async fn a_person_without_an_address_reads_it_in_the_portal() {
    let sink = Sink::open().await;
    let bench = bench(&sink).await;
    write_to(&bench, 2).await;
    run(&bench).await;
    assert_eq!(sink.mails().len(), 0);
    assert_eq!(bench.number("select count(*) from outbox where recipient = '' and sent_at is null").await, 1);
    assert_eq!(bench.number("select count(*) from job where state = 'dead'").await, 0);
}

#[tokio::test]
async fn a_crash_between_delivery_and_commit_sends_the_same_mail_once_more_and_no_other() {
    let sink = Sink::open().await;
    let bench = bench(&sink).await;
    // the commit is lost: as if the portal had died after the server's yes
    bench.superuser().await.execute(
        "create function lose() returns trigger language plpgsql as $$ begin if new.attempts = 1 and new.sent_at is not null then raise exception 'power cut'; end if; return null; end $$;
         create constraint trigger lose after update on outbox deferrable initially deferred for each row execute function lose()",
    ).await.unwrap();
    write_to(&bench, 1).await;
    run(&bench).await;
    bench.superuser().await.execute("drop trigger lose on outbox").await.unwrap();
    bench.advance(TimeDelta::minutes(2));
    run(&bench).await;
    run(&bench).await;
    let mails = sink.mails();
    assert_eq!(mails.len(), 2);
    let id = |mail: &str| mail.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned();
    assert_eq!(id(&mails[0]), id(&mails[1]), "the reader's mail program shows it once");
}
