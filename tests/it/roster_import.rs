//! 名簿の取込: read in a process with limits, compared cell by cell, written only when confirmed, and all or nothing.
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use axum::http::StatusCode;
use mamori::kernel::access::Actor;
use mamori::kernel::sheets::{self, Unreadable};
use mamori::kernel::text::encode_cp932;
use mamori::people::import::{self, Kind};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::write::SimpleFileOptions;

use crate::support::portal::{Browser, PASSWORD, Page, Portal};

const HEADS: &str = "職員番号,氏名,フリガナ,所属コード,所属名,役職,雇用区分,採用年月日,退職年月日,メールアドレス\r\n";

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_mamori"))
}

async fn read(file: &[u8]) -> Result<Vec<sheets::Row>, Unreadable> {
    sheets::read(program(), file, Duration::from_secs(60)).await
}

/// The people of the cast as their personnel system lists them.
pub async fn roster(portal: &Portal) -> String {
    let mut db = portal.superuser().await;
    let rows: Vec<(String, String, String, String, String, String)> = sqlx::query_as(
        "select n.employee_no, n.family_name || '　' || n.given_name, n.reading, d.code, p.title, n.mail
           from person n join post p on p.person_id = n.id join department d on d.id = p.department_id order by n.employee_no",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    let mut csv = HEADS.to_owned();
    for (number, name, reading, code, title, mail) in rows {
        write!(csv, "{number},{name},{reading},{code},,{title},正職員,令和2年4月1日,,{mail}\r\n").unwrap();
    }
    csv
}

/// Chooses a file on the page; where it leads.
async fn upload(browser: &Browser<'_>, kind: &str, file: &[u8]) -> Page {
    browser.get("/imports").await.ok();
    browser.post_file_with("/imports", &[("kind", kind)], "file", ("名簿.csv", file)).await
}

pub async fn looked(browser: &Browser<'_>, file: &[u8]) -> (String, Page) {
    let sent = upload(browser, "people", file).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    let at = sent.location().unwrap();
    let page = browser.get(&at).await.ok().clone();
    (at, page)
}

pub async fn confirm(browser: &Browser<'_>, at: &str, page: &Page) -> Page {
    let value = |name: &str| page.attribute(&format!("name=\"{name}\" value=\"")).unwrap_or_default();
    let (seen, leave) = (value("seen"), value("leave"));
    let mut fields = vec![("seen", seen.as_str()), ("leave", leave.as_str())];
    if leave == "yes" {
        fields.push(("own_password", PASSWORD));
    }
    browser.post(&format!("{at}/confirmation"), &fields).await
}

#[tokio::test]
async fn the_office_sees_each_cell_that_changes_before_anything_is_written() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let csv = roster(&portal).await;
    let csv = csv.replace("田中　陽向", "田中　ひなた").replace("suzuki@example.jp", "m-suzuki@example.jp");
    let csv = format!(
        "{csv}００２００１,新井 花子,アライ　ハナコ,100,営業部,主事,会計年度任用職員,R8.4.1,2027/3/31,arai@example.jp\r\n\
         002002,誤 一郎,アヤマリ イチロウ,999,,主事,正職員,令和8年13月1日,,\r\n"
    );
    // a column that nothing here stands for
    let csv = csv.replacen("メールアドレス\r\n", "メールアドレス,内線\r\n", 1);
    // as Excel of a Japanese Windows writes it
    let (at, page) = looked(&office, &encode_cp932(&csv).bytes).await;
    let words = page.words();
    assert!(words.contains("取り込まない列：K1 「内線」"), "{words}");
    for said in ["誤り 1", "新規 1", "変更 2", "変更なし 12"] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert!(words.contains("D17: 「999」という部署は登録されていません"), "{words}");
    assert!(words.contains("H17: 日付が読めません（令和8年13月1日）"), "{words}");
    let changed = office.get(&format!("{at}?view=changed")).await.ok().words();
    assert!(changed.contains("氏名 田中 陽向→田中 ひなた"), "{changed}");
    assert!(changed.contains("メールアドレス suzuki@example.jp→m-suzuki@example.jp"), "{changed}");
    assert!(changed.contains("1人が新しく加わります。"), "{changed}");
    assert_eq!(portal.events("roster.imported").await, 0);
    assert_eq!(office.get("/people/002001").await.status, StatusCode::NOT_FOUND, "nothing is written yet");

    let sent = confirm(&office, &at, &page).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    let done = office.get(&at).await.ok().words();
    assert!(done.contains("新規 1件") && done.contains("変更 2件") && done.contains("誤り 1件"), "{done}");
    let arai = office.get("/people/002001").await.ok().words();
    assert!(arai.contains("新井 花子") && arai.contains("任期付・契約"), "{arai}");
    assert_eq!(office.get("/people/002002").await.status, StatusCode::NOT_FOUND);
    for kind in ["roster.uploaded", "roster.imported", "roster.persons_added", "roster.persons_changed"] {
        assert_eq!(portal.events(kind).await, 1, "{kind}");
    }
    // taken over once, and its rows do not stay
    let again = confirm(&office, &at, &page).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert!(office.get(&at).await.words().contains("すでに取り込みました"));
    let mut db = portal.superuser().await;
    let (content,): (serde_json::Value,) =
        sqlx::query_as("select content from roster_import").fetch_one(&mut db).await.unwrap();
    assert_eq!(content, serde_json::json!([]));
}

#[tokio::test]
async fn what_changed_meanwhile_has_to_be_looked_at_again() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let csv = roster(&portal).await.replace("田中　陽向", "田中　ひなた");
    let (at, page) = looked(&office, csv.as_bytes()).await;
    let id = portal.cast.get("田中").id;
    let mut db = portal.superuser().await;
    sqlx::query("update person set mail = 'new@example.jp', version = version + 1 where id = $1")
        .bind(id.0)
        .execute(&mut db)
        .await
        .unwrap();
    confirm(&office, &at, &page).await;
    let page = office.get(&at).await.ok().clone();
    assert!(page.words().contains("確かめている間に登録が変わりました"), "{}", page.words());
    assert!(page.words().contains("new@example.jp→tanaka@example.jp"), "{}", page.words());
    assert_eq!(portal.events("roster.imported").await, 0);
    confirm(&office, &at, &page).await;
    assert_eq!(portal.events("roster.imported").await, 1);
}

#[tokio::test]
async fn a_list_is_its_uploaders_alone_and_expires() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let (at, _) = looked(&office, roster(&portal).await.as_bytes()).await;
    let manager = portal.sign_in("佐藤").await;
    assert_eq!(manager.get(&at).await.status, StatusCode::FORBIDDEN);
    assert_eq!(manager.get("/imports").await.status, StatusCode::FORBIDDEN);
    let id: uuid::Uuid = at.rsplit('/').next().unwrap().parse().unwrap();
    let other = portal.cast.get("高橋").id;
    let now = portal.now();
    let mut read = portal.app.read_all(mamori::kernel::database::Role::App).await.unwrap();
    assert!(import::find(read.conn(), id, Some(other), now).await.is_err(), "somebody else's is not there");
    drop(read);
    portal.advance(chrono::TimeDelta::hours(25));
    let office = portal.sign_in("中村").await;
    assert_eq!(office.get(&at).await.status, StatusCode::NOT_FOUND);
    import::sweep(&portal.app).await.unwrap();
    let mut db = portal.superuser().await;
    let (left,): (i64,) = sqlx::query_as("select count(*) from roster_import").fetch_one(&mut db).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn who_moves_or_is_missing_leaves_a_seat_that_is_named() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let csv = roster(&portal).await;
    let without = |name: &str, csv: &str| -> String {
        csv.lines().filter(|line| !line.contains(name)).map(|line| format!("{line}\r\n")).collect()
    };
    // the manager of 営業部 moves, that of 総務部 is in the list no more
    let csv = without("高橋", &csv.replace("さとう なおき,100", "さとう なおき,300"));
    let (at, page) = looked(&office, csv.as_bytes()).await;
    let words = page.words();
    assert!(words.contains("所属 営業部→情報システム部"), "{words}");
    assert!(words.contains("営業部の") && words.contains("（佐藤 直樹が異動）"), "{words}");
    assert!(!words.contains("高橋 遼が退職"), "who is missing stays unless it is said: {words}");
    let page = office.get(&format!("{at}?view=missing&leave=yes")).await.ok().clone();
    assert!(page.words().contains("（高橋 遼が退職）"), "{}", page.words());
    confirm(&office, &at, &page).await;
    let done = office.get(&at).await.ok().words();
    assert!(done.contains("これまで佐藤 直樹") && done.contains("これまで高橋 遼"), "{done}");
    let mut db = portal.superuser().await;
    let (left,): (Option<chrono::NaiveDate>,) = sqlx::query_as("select left_on from person where id = $1")
        .bind(portal.cast.get("高橋").id.0)
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(left, Some(portal.app.clock().today()));
    let posts: Vec<(String, bool)> =
        sqlx::query_as("select tier, upper_inf(during) from post where person_id = $1 order by lower(during)")
            .bind(portal.cast.get("佐藤").id.0)
            .fetch_all(&mut db)
            .await
            .unwrap();
    assert_eq!(posts, [("manager".to_owned(), false), ("staff".to_owned(), true)]);
}

#[tokio::test]
async fn who_is_missing_leaves_only_by_the_password_and_nobody_retires_themselves() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let csv = roster(&portal).await;
    let without = |names: &[&str]| -> String {
        let kept = csv.lines().filter(|line| !names.iter().any(|name| line.contains(name)));
        kept.map(|line| format!("{line}\r\n")).collect()
    };
    let (at, _) = looked(&office, without(&["伊藤", "渡辺"]).as_bytes()).await;
    let page = office.get(&format!("{at}?view=missing&leave=yes")).await.ok().clone();
    page.says("システム管理者：だれもいなくなります").says("あなたのパスワード");
    let value = |name: &str| page.attribute(&format!("name=\"{name}\" value=\"")).unwrap_or_default();
    let seen = value("seen");
    for typed in ["", "wrong"] {
        let fields = [("seen", seen.as_str()), ("leave", "yes"), ("own_password", typed)];
        let asked = office.submit(&format!("{at}/confirmation"), &fields).await;
        asked.ok().says("パスワードが違うか").says("だれもいなくなります");
    }
    assert_eq!(portal.events("roster.imported").await, 0);
    confirm(&office, &at, &page).await;
    assert_eq!((portal.events("roster.imported").await, portal.events("step_up.given").await), (1, 1));

    let (at, _) = looked(&office, without(&["伊藤", "中村"]).as_bytes()).await;
    let page = office.get(&format!("{at}?view=missing&leave=yes")).await.ok().clone();
    confirm(&office, &at, &page).await;
    office.get(&at).await.ok().says("あなた自身が退職になります");
    assert_eq!(portal.events("roster.imported").await, 1);
}

/// Whoever takes a list over never changes their own entry by it; the others are not held up by that.
#[tokio::test]
async fn ones_own_row_is_left_out_and_a_number_that_lost_its_zeros_is_nobody_new() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let csv = roster(&portal).await.replace("田中　陽向", "田中　ひなた");
    let csv = csv.replace(",中村　彩,", ",中村　あや,").replace("001004,鈴木", "1004,鈴木");
    let (at, page) = looked(&office, csv.as_bytes()).await;
    page.says("あなた自身の行です").says("先頭の0が落ちています").says("「001004」").says("誤り 2").says("変更 1");
    let sent = confirm(&office, &at, &page).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.words());
    let names: Vec<String> =
        sqlx::query_scalar("select given_name from person where employee_no in ('001001', '001008') order by 1")
            .fetch_all(&mut portal.superuser().await)
            .await
            .unwrap();
    assert_eq!(names, ["ひなた", "彩"]);
}

#[tokio::test]
async fn a_blank_leaves_what_is_there_and_a_department_is_known_by_its_code_too() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let csv = "職員番号,氏名,フリガナ,所属,採用年月日,退職年月日\r\n\
               001001,,,,,令和9年3月31日\r\n\
               002001,新井 花子,アライ ハナコ,100,R8.4.1,\r\n\
               002002,新井 次郎,アライ ジロウ,,R8.4.1,\r\n";
    let (at, page) = looked(&office, csv.as_bytes()).await;
    page.says("誤り 1").says("D4: 所属がありません");
    let changed = office.get(&format!("{at}?view=changed")).await.ok().words();
    assert!(changed.contains("田中 陽向営業部退職年月日 —→令和9年3月31日"), "{changed}");
    let new = office.get(&format!("{at}?view=new")).await.ok().words();
    assert!(new.contains("新井 花子営業部採用年月日 —→令和8年4月1日"), "{new}");
    confirm(&office, &at, &page).await;
    assert_eq!(portal.events("roster.imported").await, 1);
    let tanaka = office.get("/people/001001").await.ok().words();
    assert!(tanaka.contains("営業部") && tanaka.contains("令和9年3月31日"), "{tanaka}");
}

#[tokio::test]
async fn columns_that_names_do_not_tell_are_asked() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let csv = "番,氏名,読み,課\r\n002001,新井 花子,あらい はなこ,営業部\r\n";
    let (at, page) = looked(&office, csv.as_bytes()).await;
    assert!(page.words().contains("それぞれの列が何にあたるか"), "{}", page.words());
    let names = [("c1", "full_name"), ("c2", "reading")];
    let wrong = office.post(&format!("{at}/columns"), &[&names[..], &[("c0", ""), ("c3", "reading")]].concat()).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.words().contains("同じものを2つの列に対応させています"), "{}", wrong.words());
    let right = [&names[..], &[("c0", "number"), ("c3", "department_name")]].concat();
    assert_eq!(office.post(&format!("{at}/columns"), &right).await.status, StatusCode::SEE_OTHER);
    let page = office.get(&at).await.ok().clone();
    assert!(page.words().contains("新規 1"), "{}", page.words());
}

#[tokio::test]
async fn departments_come_before_people_from_a_workbook() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let rows = [
        ["部署コード", "部署名", "よみ", "上位部署コード"],
        ["0410", "品質課", "ひんしつか", "0400"],
        ["0400", "品質保証部", "ひんしつほしょうぶ", "000"],
        ["0500", "環になる課", "わ", "0500"],
        ["100", "営業本部", "", ""],
    ];
    for (at, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            sheet.write_string(u32::try_from(at).unwrap(), u16::try_from(column).unwrap(), *cell).unwrap();
        }
    }
    let sent = upload(&office, "departments", &book.save_to_buffer().unwrap()).await;
    let at = sent.location().unwrap();
    let page = office.get(&at).await.ok().clone();
    assert!(page.words().contains("D4: 上位の部署をたどると、この部署に戻ります"), "{}", page.words());
    confirm(&office, &at, &page).await;
    let mut db = portal.superuser().await;
    let tree: Vec<(String, String, Option<String>)> = sqlx::query_as(
        "select d.code, d.name, p.code from department d left join department p on p.id = d.parent_id
          where d.code in ('0400', '0410', '0500', '100') order by d.code",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    let row = |code: &str, name: &str, above: &str| (code.to_owned(), name.to_owned(), Some(above.to_owned()));
    assert_eq!(tree, [row("0400", "品質保証部", "000"), row("0410", "品質課", "0400"), row("100", "営業本部", "000")]);
}

#[tokio::test]
async fn people_come_from_a_workbook_with_cells_of_text_and_cells_of_dates() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let csv = roster(&portal).await;
    let known: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let new = ["００２００３", "木村　栞", "ｷﾑﾗ ｼｵﾘ", "100", "営業部", "主事", "正職員", "", "", "kimura@example.jp"];
    for (at, row) in (0_u32..).zip(known.iter().map(Vec::as_slice).chain([&new[..]])) {
        for (column, cell) in (0_u16..).zip(row) {
            sheet.write_string(at, column, *cell).unwrap();
        }
    }
    // a day as a day, shown in the way of a Japanese Excel
    let last = u32::try_from(known.len()).unwrap();
    let shown = Format::new().set_num_format("[$-ja-JP]ggge\"年\"m\"月\"d\"日\"");
    let day = ExcelDateTime::from_ymd(2026, 4, 1).unwrap();
    sheet.write_datetime_with_format(last, 7, &day, &shown).unwrap();

    let (at, page) = looked(&office, &book.save_to_buffer().unwrap()).await;
    let words = page.words();
    for said in ["新規 1", "変更なし 14", "誤り 0"] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert_eq!(confirm(&office, &at, &page).await.status, StatusCode::SEE_OTHER);
    let joined: (String, String, chrono::NaiveDate) =
        sqlx::query_as("select family_name, reading, joined_on from person where employee_no = '002003'")
            .fetch_one(&mut portal.superuser().await)
            .await
            .unwrap();
    assert_eq!(joined, ("木村".to_owned(), "きむら しおり".to_owned(), "2026-04-01".parse().unwrap()));
}

#[tokio::test]
async fn five_thousand_people_come_in_bites_and_stay_under_seal() {
    let portal = Portal::open().await;
    let mut csv = HEADS.to_owned();
    for at in 0..5_000 {
        write!(csv, "{:06},青木 {at}子,アオキ コ,100,,主事,正職員,2020-04-01,,a{at}@example.jp\r\n", 100_000 + at)
            .unwrap();
    }
    let rows = read(csv.as_bytes()).await.unwrap();
    let today = portal.app.clock().today();
    let written = portal
        .app
        .change(&Actor::portal(), async |work| {
            let id = import::keep(work, Kind::People, csv.as_bytes(), &rows).await?;
            let now = work.now;
            let list = import::find(work.conn(), id, None, now).await?;
            let wish = import::on(today, false);
            let plan = import::plan(work.conn(), &list, wish).await?;
            import::take_over(work, id, wish, &plan.seen()).await
        })
        .await
        .unwrap();
    assert_eq!(written.added, 5_000);
    // every row is in some event, and no event tells of more than 500
    let mut db = portal.superuser().await;
    let (events, people): (i64, i64) = sqlx::query_as(
        "select count(*), sum(jsonb_array_length(facts -> 'persons')) from audit.event where kind = 'roster.persons_added'",
    )
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!(people, 5_000);
    assert!(events >= 10, "{events}");
    let (sealed,): (i64,) = sqlx::query_as(
        "select count(*) from audit.event, jsonb_array_elements(convert_from(substring(canon from 16), 'UTF8')::jsonb -> 'rows') r
          where r ->> 't' in ('public.person', 'public.post') and kind in ('roster.imported', 'rows.sealed')",
    )
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!(sealed, 10_000);
}

/// An archive of these entries.
fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn workbook(sheet: &str) -> Vec<u8> {
    let types = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
    let rels = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let book = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    let book_rels = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let sheet = format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{sheet}</worksheet>"#
    );
    archive(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", rels.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", book_rels.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

#[tokio::test]
async fn a_workbook_that_claims_a_million_rows_asks_for_no_memory() {
    // what it says of itself is not believed: the one cell is read
    let claims = r#"<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row></sheetData>"#;
    assert_eq!(read(&workbook(claims)).await.unwrap().len(), 1);
    let cell = r#"<sheetData><row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>"#;
    assert_eq!(read(&workbook(cell)).await, Err(Unreadable::TooManyRows));
    let cell = r#"<sheetData><row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row></sheetData>"#;
    assert_eq!(read(&workbook(cell)).await, Err(Unreadable::TooManyColumns));
}

#[tokio::test]
async fn a_bomb_ends_in_kind_words_and_the_portal_lives_on() {
    let portal = Portal::open().await;
    let office = portal.sign_in("中村").await;
    let bomb = archive(&[("xl/workbook.xml", &vec![b' '; 60 * 1024 * 1024])]);
    assert!(bomb.len() < 1024 * 1024, "{}", bomb.len());
    let sent = upload(&office, "people", &bomb).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(sent.words().contains("展開すると大きくなりすぎるファイルのため、読み込みません"), "{}", sent.words());
    let many: Vec<(String, &[u8])> = (0..1_001).map(|at| (format!("{at}.xml"), &b"x"[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, content)| (name.as_str(), *content)).collect();
    assert_eq!(read(&archive(&many)).await, Err(Unreadable::Packed));
    let sent = upload(&office, "people", b"\x89PNG\r\n\x1a\n\0\0").await;
    assert!(sent.words().contains("CSVでもExcel（.xlsx）でもないファイルです"), "{}", sent.words());
    let sent = upload(&office, "people", b"").await;
    assert!(sent.words().contains("ファイルを選んでください"), "{}", sent.words());
    office.get("/imports").await.ok();
}

#[tokio::test]
async fn the_reader_has_its_memory_and_nothing_else() {
    // the limits that the kernel really holds against the process, while it waits for its file
    let mut child = tokio::process::Command::new(program())
        .arg("read-sheet")
        .env_clear()
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let at = format!("/proc/{}/limits", child.id().unwrap());
    let mut limits = String::new();
    let begun = std::time::Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        limits = std::fs::read_to_string(&at).unwrap();
        if limits.lines().any(|line| line.starts_with("Max file size") && line.contains(" 0 ")) {
            break;
        }
        tokio::task::yield_now().await;
    }
    let held = |name: &str, most: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        let values: Vec<&str> = line[name.len()..].split_whitespace().take(2).collect();
        assert_eq!(values, [most, most], "{line}");
    };
    held("Max address space", "536870912");
    held("Max cpu time", "30");
    held("Max open files", "3");
    held("Max processes", "0");
    held("Max file size", "0");
    drop(child.stdin.take());
    child.wait().await.unwrap();
    // one that is killed is a refusal, not an error of the portal
    assert_eq!(sheets::read(Path::new("/bin/false"), b"a,b", Duration::from_secs(5)).await, Err(Unreadable::TooHard));
    assert_eq!(sheets::read(Path::new("/nowhere"), b"a,b", Duration::from_secs(5)).await, Err(Unreadable::NoReader));
}

#[tokio::test]
async fn the_command_line_tells_first_and_writes_when_asked() {
    let portal = Portal::open().await;
    let file = portal.data_dir().join("名簿.csv");
    let csv =
        "職員番号,氏名,フリガナ,所属コード\r\n002001,新井 花子,アライ ハナコ,100\r\n002002,誤 一郎,アヤマリ,999\r\n";
    std::fs::write(&file, csv).unwrap();
    let path = file.to_str().unwrap();
    let said = portal.run(&["import", "people", path]);
    said.ends(0).prints("D3: 「999」という部署は登録されていません").prints("nothing was written");
    assert_eq!(portal.events("roster.imported").await, 0);
    portal.run(&["import", "people", path, "--commit"]).ends(0).prints("written");
    assert_eq!(portal.events("roster.imported").await, 1);
    assert_eq!(portal.events("roster.persons_added").await, 1);
    portal.run(&["import", "people", path, "--commit"]).ends(0).prints("nothing to write");
    portal.run(&["import", "people", "/nowhere"]).ends(1).complains("cannot read /nowhere");
}
