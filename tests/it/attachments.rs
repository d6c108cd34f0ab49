//! 添付: files of a request, from the form on which they are chosen to those who read the request.
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use chrono::TimeDelta;
use uuid::Uuid;

use crate::requests::{KIND, Office, decide, number_of, send};
use crate::support::portal::{Browser, ORIGIN, Page, Portal};
use crate::support::uploads::envelopes;

const VILLAGE: &str = include_str!("../regulations/village-office.toml");
const BINDING: &str = include_str!("../regulations/village-office.bindings.toml");
const FIELD: &str = r#"[[kind.field]]
key = "papers"
type = "file"
label = { ja = "根拠の書類", en = "Papers" }
required = true

[[kind.step]]
key = "receive_desk""#;
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";
const OTHER: &[u8] = b"%PDF-1.4\nanother one\n%%EOF\n";

/// The village, whose form asks for papers.
async fn village() -> Office {
    let binding = BINDING.replacen("[[kind.step]]\nkey = \"receive_desk\"", FIELD, 1);
    let files = [("village-office.toml", VILLAGE), ("village-office.bindings.toml", binding.as_str())];
    Office::within(Portal::open_beside("village-office", &files).await).await
}

/// The files that a page would send along again.
fn kept(page: &Page) -> Vec<String> {
    let html = page.text();
    let named = html.match_indices("name=\"papers\" value=\"");
    named.map(|(at, begin)| html[at + begin.len()..].split('"').next().unwrap().to_owned()).collect()
}

/// The form is sent with a file.
async fn attach(browser: &Browser<'_>, path: &str, answers: &[(String, String)], file: (&str, &[u8])) -> Page {
    let mut fields: Vec<(&str, &str)> = answers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.push(("_step", "attach"));
    browser.post_file_with(path, &fields, "papers", file).await
}

fn with(mut answers: Vec<(String, String)>, files: &[String]) -> Vec<(String, String)> {
    answers.retain(|(name, _)| name != "papers");
    answers.extend(files.iter().map(|id| ("papers".to_owned(), id.clone())));
    answers
}

/// A request with one file, as the clerk files it; its number and the file's address.
async fn filed(office: &Office, clerk: &Browser<'_>) -> (String, String) {
    let form = clerk.get(KIND).await;
    let answers = office.answers(&form, "山本", "機器の入替えのため");
    let page = attach(clerk, KIND, &answers, ("見積書.pdf", PDF)).await;
    let files = kept(page.ok());
    assert_eq!(files.len(), 1, "{}", page.words());
    let number = number_of(&send(clerk, KIND, &with(answers, &files), "send").await);
    (number, format!("/requests/files/{}", files[0]))
}

#[tokio::test]
async fn a_file_survives_a_faulty_form_is_filed_and_is_handed_out_to_those_who_read_the_request() {
    let office = village().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let form = clerk.get(KIND).await;
    form.ok().says("根拠の書類").says("10件まで、1件10 MBまで");
    assert!(form.text().contains("enctype=\"multipart/form-data\""), "files come along without script");
    let mut answers = office.answers(&form, "山本", "");
    send(&clerk, KIND, &answers, "check").await.refuses("根拠の書類を添付してください");

    // the reason is missing, and the file that came with the form stays
    let fields: Vec<(&str, &str)> = answers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let faulty = [&fields[..], &[("_step", "check")]].concat();
    let faulty = clerk.post_file_with(KIND, &faulty, "papers", ("C:\\書類\\見積書.PDF", PDF)).await;
    faulty.refuses("申請の理由を入力してください").says("見積書.pdf（48 B、SHA-256 ").hides("書類を添付してください");
    let files = kept(&faulty);
    assert_eq!(files.len(), 1);
    let address = format!("/requests/files/{}", files[0]);
    for other in ["鈴木", "中村", "佐藤"] {
        assert_eq!(portal.sign_in(other).await.get(&address).await.status, StatusCode::NOT_FOUND, "it is the clerk's");
    }

    answers = with(office.answers(&form, "山本", "機器の入替えのため"), &files);
    send(&clerk, KIND, &answers, "check").await.ok().says("見積書.pdf（48 B、SHA-256 ");
    let number = number_of(&send(&clerk, KIND, &answers, "send").await);
    // a second click finds the first
    assert_eq!(number_of(&send(&clerk, KIND, &answers, "send").await), number);

    let desk = portal.sign_in("中村").await;
    let sheet = desk.get(&format!("/requests/{number}")).await;
    sheet.ok().says("根拠の書類 見積書.pdf（48 B、SHA-256 ");
    assert!(sheet.text().contains(&format!("href=\"{address}\" download")), "{}", sheet.text());
    desk.get(&format!("/requests/{number}/form")).await.ok().says("見積書.pdf（48 B、SHA-256 ");
    let file = desk.get(&address).await;
    assert_eq!((file.ok().body.as_slice(), portal.events("attachment.handed_out").await), (PDF, 1));
    let said = |name: &str| file.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    assert_eq!(said(header::CONTENT_TYPE.as_str()), "application/pdf");
    assert_eq!(
        said("content-disposition"),
        "attachment; filename=\"attachment.pdf\"; filename*=UTF-8''%E8%A6%8B%E7%A9%8D%E6%9B%B8.pdf"
    );
    assert_eq!(said("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!((said("x-content-type-options"), said("cache-control")), ("nosniff".into(), "no-store".into()));
    let stranger = portal.sign_in("鈴木").await;
    assert_eq!(stranger.get(&address).await.status, StatusCode::NOT_FOUND, "another section's");
}

#[tokio::test]
async fn what_is_no_document_is_refused_in_words_and_the_rest_of_the_form_stays() {
    let office = village().await;
    let clerk = office.portal.sign_in("田中").await;
    let form = clerk.get(KIND).await;
    let answers = office.answers(&form, "山本", "機器の入替えのため");
    let large = [b"%PDF-1.7\n".as_slice(), &vec![b' '; 10 * 1024 * 1024], b"%%EOF\n"].concat();
    for (name, content, said) in [
        ("見積書.pdf", b"MZ\x90\0\x03\0\0\0".as_slice(), "「見積書.pdf」は受け付けられない種類のファイルか"),
        ("大.pdf", &large, "「大.pdf」は大きすぎます。1件10 MBまで"),
        ("a.docx", b"PK\x03\x04 and nothing more", "「a.docx」は受け付けられない種類"),
    ] {
        let page = attach(&clerk, KIND, &answers, (name, content)).await;
        page.refuses(said).says("機器の入替えのため");
        assert!(kept(&page).is_empty());
    }
    assert_eq!(office.portal.events("attachment.uploaded").await, 0);
    // what is text is handed out as text, whatever its name says
    let page = attach(&clerk, KIND, &answers, ("手順.html", b"<script>alert(1)</script>")).await;
    page.ok().says("手順.html.txt");
    let file = clerk.get(&format!("/requests/files/{}", kept(&page)[0])).await;
    assert_eq!(file.headers[header::CONTENT_TYPE], "text/plain");
    // a file is no answer to another question, and nobody's file is anybody else's answer
    let fields: Vec<(&str, &str)> = answers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let elsewhere = clerk.post_file_with(KIND, &fields, "reason", ("a.pdf", PDF)).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN, "{}", elsewhere.words());
    let other = office.portal.sign_in("山本").await;
    let theirs = with(office.answers(&other.get(KIND).await, "山本", "写しのため"), &kept(&page));
    send(&other, KIND, &theirs, "check").await.refuses("根拠の書類のファイルの一部が");
}

#[tokio::test]
async fn sent_again_shows_which_files_came_and_went_and_keeps_those_of_the_round_before() {
    let office = village().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let (number, before) = filed(&office, &clerk).await;
    let desk = portal.sign_in("中村").await;
    decide(&desk, &number, "return", "最新の見積書にしてください").await;
    let mend = format!("/requests/{number}/mend");
    let form = clerk.get(&mend).await;
    form.ok().says("見積書.pdf");
    let base = form.attribute("name=\"_base\" value=\"").unwrap();
    let mut answers = with(office.answers(&form, "山本", "機器の入替えのため"), &[]);
    answers.push(("_base".to_owned(), base));
    // the old one is no longer ticked, and a new one comes
    let page = attach(&clerk, &mend, &answers, ("見積書（改）.pdf", OTHER)).await;
    let files = kept(page.ok());
    assert_eq!(files.len(), 1);
    let answers = with(answers, &files);
    let check = send(&clerk, &mend, &answers, "check").await;
    check.ok().says("前回からの変更").says("根拠の書類 見積書.pdf（48 B").says("見積書（改）.pdf（");
    assert_eq!(number_of(&send(&clerk, &mend, &answers, "send").await), number);
    desk.get(&format!("/requests/{number}")).await.ok().says("前回からの変更").says("見積書（改）.pdf（");
    for address in [&before, &format!("/requests/files/{}", files[0])] {
        desk.get(address).await.ok();
    }
    // copied, the request takes none of its files along
    clerk.get(&format!("{KIND}?_copy={number}")).await.ok().hides("見積書");
    // and nothing of it can be exchanged, whoever tries
    let mut db = portal.superuser().await;
    for sql in
        ["update attachment set request_id = null", "update attachment set name = 'x.pdf'", "delete from attachment"]
    {
        assert!(sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut db).await.is_err(), "{sql}");
    }
    let forged = "update attachment_content set content = 'x' where octet_length(content) = 48";
    sqlx::query(sqlx::AssertSqlSafe(forged)).execute(&mut db).await.unwrap();
    assert_eq!(desk.get(&before).await.status, StatusCode::INTERNAL_SERVER_ERROR, "it is not what was uploaded");
}

#[tokio::test]
async fn a_draft_keeps_its_files_and_what_nobody_files_goes_after_some_days() {
    let office = village().await;
    let portal = &office.portal;
    let clerk = portal.sign_in("田中").await;
    let form = clerk.get(KIND).await;
    let answers = office.answers(&form, "山本", "機器の入替えのため");
    let loose = kept(&attach(&clerk, KIND, &answers, ("要らない.pdf", OTHER)).await);
    let files = kept(&attach(&clerk, KIND, &answers, ("見積書.pdf", PDF)).await);
    let sent = send(&clerk, &format!("{KIND}/draft"), &with(answers, &files), "draft").await;
    let draft = sent.location().unwrap_or_else(|| panic!("{}", sent.words()));
    clerk.get(&draft).await.ok().says("見積書.pdf（48 B");
    portal.advance(TimeDelta::days(8));
    mamori::engines::requests::attachments::actions::sweep(&portal.app).await.unwrap();
    assert_eq!(portal.events("attachment.swept").await, 1);
    let clerk = portal.sign_in("田中").await;
    let address = |files: &[String]| format!("/requests/files/{}", files[0]);
    assert_eq!(clerk.get(&address(&loose)).await.status, StatusCode::NOT_FOUND);
    clerk.get(&address(&files)).await.ok();
    let id = draft.rsplit('/').next().unwrap();
    let form = clerk.get(&format!("{KIND}?_draft={id}")).await;
    assert_eq!(kept(form.ok()), files);
    let mut answers = with(office.answers(&form, "山本", "機器の入替えのため"), &files);
    answers.push(("_draft".to_owned(), id.to_owned()));
    let number = number_of(&send(&clerk, KIND, &answers, "send").await);
    // long after, the file of a request is still there
    portal.advance(TimeDelta::days(20));
    mamori::engines::requests::attachments::actions::sweep(&portal.app).await.unwrap();
    let desk = portal.sign_in("中村").await;
    desk.get(&format!("/requests/{number}")).await.ok().says("見積書.pdf");
    desk.get(&address(&files)).await.ok();
}

#[tokio::test]
async fn files_are_asked_for_on_the_form_and_no_table_is_offered_beside_it() {
    let office = village().await;
    let clerk = office.portal.sign_in("田中").await;
    clerk.get(KIND).await.ok().hides("表でまとめて申請する");
    assert_eq!(clerk.get(&format!("{KIND}/table")).await.status, StatusCode::NOT_FOUND);
    let step = BINDING.replacen("title = { ja = \"総務係の受付\"", "field = [{ key = \"papers\", type = \"file\", label = { ja = \"書類\", en = \"p\" } }]\ntitle = { ja = \"総務係の受付\"", 1);
    assert_ne!(step, BINDING, "the village's desk is called otherwise by now");
    let files = [("village-office.toml", VILLAGE), ("village-office.bindings.toml", step.as_str())];
    let portal = Portal::open_beside("system-management", &files).await;
    portal.run(&["regulations"]).ends(0).prints("files are attached on the form");
}

#[tokio::test]
async fn whatever_comes_in_the_envelope_of_a_file_is_no_fault_of_ours() {
    let office = village().await;
    let clerk = office.portal.sign_in("田中").await;
    let form = clerk.get(KIND).await;
    let mut answers = office.answers(&form, "山本", "機器の入替えのため");
    answers.push(("_step".to_owned(), "attach".to_owned()));
    let mut wrong = Vec::new();
    for mut parcel in envelopes(&answers, "papers") {
        let token = clerk.token.lock().unwrap().clone();
        parcel.seal(&[("_token", &token), ("_once", &Uuid::new_v4().to_string())]);
        let request = clerk
            .request(Method::POST, KIND)
            .header(header::CONTENT_TYPE, &parcel.kind)
            .header("sec-fetch-site", "same-origin")
            .header(header::ORIGIN, ORIGIN);
        let page = clerk.send(request.body(Body::from(parcel.body)).unwrap()).await;
        if page.status.is_server_error() || page.text().contains("<zq") {
            wrong.push(format!("{}: {}", parcel.what, page.status));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
