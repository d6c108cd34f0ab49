//! 代決・後閲: while the decider is away, the organisation's own rule says who decides, from when, and for what; the box and the record
//! say so, the absent one reads it afterwards, and nobody gets round the rule, in the portal or in the database.
use axum::http::StatusCode;
use chrono::TimeDelta;
use mamori::engines::requests::actions::{acting, reviewing};
use mamori::kernel::access::{Actor, Tier};
use mamori::kernel::ids::PersonId;
use mamori::people::roster::{NewPost, appoint};
use sqlx::{Executor as _, PgConnection};

use crate::requests::{Office, content_hash, decide, stand_in};
use crate::support::portal::{Browser, PASSWORD, Page, Portal};
use crate::under_osaka::{ask, owned};

const RULES: &str = "/acting-rules";
const DEPUTY: [(&str, &str); 2] = [("who", "title"), ("title", "主事")];

/// Fills the form of a rule for managers in; `with` replaces what it says or adds to it.
async fn rule(by: &Browser<'_>, with: &[(&str, &str)]) -> Page {
    let all = [
        ("tier", "manager"),
        ("when_absent", "yes"),
        ("after_days", "2"),
        ("review_days", "3"),
        ("effective_on", "2026-04-01"),
        ("reason", "代決規程 第4条"),
        ("own_password", PASSWORD),
    ];
    let replaced = |field: &str| with.iter().any(|(name, _)| *name == field);
    let fields = all.into_iter().filter(|(field, _)| !replaced(field)).chain(with.iter().copied());
    // a box that is not ticked is not sent
    let fields: Vec<_> = fields.filter(|field| *field != ("when_absent", "")).collect();
    by.get("/acting-rules/new").await.ok();
    by.post(RULES, &fields).await
}

/// The same, where it has to be taken.
async fn holds(by: &Browser<'_>, with: &[(&str, &str)]) {
    let entered = rule(by, with).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.words());
}

/// Somebody enters that they are away, or, by the office, that another is.
async fn absent(by: &Browser<'_>, person: Option<&str>, last: &str, password: &str) -> Page {
    let fields = [("from", "2026-04-01"), ("last", last), ("reason", "出張"), ("own_password", password)];
    let person = person.map(|number| ("person", number));
    by.get("/absences/new").await.ok();
    by.post("/absences", &fields.into_iter().chain(person).collect::<Vec<_>>()).await
}

/// Who was told so, by family name.
async fn told(portal: &Portal, kind: &str) -> Vec<String> {
    let sql = "select n.family_name from notice o join person n on n.id = o.person_id where o.kind = $1 order by o.id";
    sqlx::query_scalar(sql).bind(kind).fetch_all(&mut portal.superuser().await).await.unwrap()
}

/// Sends a decision without the button, which is not drawn for everybody.
async fn forge(portal: &Portal, by: &Browser<'_>, number: &str) -> Page {
    let seen = content_hash(portal, number).await;
    by.get("/requests").await.ok();
    let fields = [("_seen", &*seen), ("verdict", "approve"), ("words", "急ぎのため")];
    by.post(&format!("/requests/{number}/decision"), &fields).await
}

/// 鈴木 works in 営業部 as well, with the title that the rule names.
async fn second_clerk(portal: &Portal) {
    let post = NewPost {
        person: portal.cast.get("鈴木").id,
        department: portal.cast.sales,
        tier: Tier::Staff,
        function: None,
        title: "主事",
        main: false,
        from: portal.app.clock().today(),
    };
    portal.app.change(&Actor::portal(), async |work| appoint(work, &post).await.map(drop)).await.unwrap();
}

#[tokio::test]
async fn what_waited_too_long_is_offered_to_whom_the_rule_names_and_read_afterwards() {
    let office = Office::open().await;
    let portal = &office.portal;
    let desk = portal.sign_in("中村").await;
    holds(&desk, &DEPUTY).await;
    desk.get(RULES).await.ok().says("次席（同じ部署の主事）").says("2営業日").says("適用中");
    let number = office.file(&portal.sign_in("田中").await, "田中").await;
    let page = format!("/requests/{number}");

    // Wednesday: two business days end on Friday, and not before they are over is anything offered
    portal.advance(TimeDelta::days(2));
    acting::offers_of_today(&portal.app).await.unwrap();
    let deputy = portal.sign_in("山本").await;
    deputy.get("/requests/inbox?view=by_rule").await.ok().hides(&number);
    assert_eq!(deputy.get(&page).await.status, StatusCode::NOT_FOUND);
    assert_eq!(forge(portal, &deputy, &number).await.status, StatusCode::NOT_FOUND);
    portal.advance(TimeDelta::days(3));
    for _ in 0..2 {
        acting::offers_of_today(&portal.app).await.unwrap();
    }
    assert_eq!(told(portal, "request.offered").await, ["山本"], "once, and not whoever filed it");

    let deputy = portal.sign_in("山本").await;
    deputy.get("/").await.ok().says("代わって決裁できる申請がある（1件）");
    // it opens where there is something to do, and says in whose place on the page, in the bar and in each question
    let tray = deputy.get("/requests/inbox").await;
    tray.ok()
        .says(&number)
        .says("佐藤 直樹さんが決裁できないため")
        .says("代決で承認しますか")
        .hides("差戻しと却下では必須");
    assert_eq!(tray.text().matches("代決：佐藤 直樹さんに代わって決裁します").count(), 4, "{}", tray.words());
    assert!(tray.text().contains("placeholder=\"代決する理由（必須）\""));
    deputy.get("/requests/inbox?view=turn").await.ok().hides(&number);
    decide(&deputy, &number, "approve", " ").await.refuses("理由を入力してください");
    let done = decide(&deputy, &number, "approve", "月末の締切のため").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    // the record stays in sight of whoever wrote it
    let read = deputy.get(&page).await;
    read.ok()
        .says("代決（佐藤 直樹 不在、代決規程 第1版）")
        .says("後閲待ち")
        .says("佐藤 直樹の代決 山本 蓮が承認しました（主事）");
    assert!(read.text().contains("山本（代理）"), "the box is marked");
    assert_eq!(deputy.post(&format!("{page}/review"), &[("remark", "")]).await.status, StatusCode::CONFLICT);

    assert_eq!(told(portal, "request.to_review").await, ["佐藤"]);
    let manager = portal.sign_in("佐藤").await;
    manager.get("/").await.ok().says("後閲する：").says("山本 蓮さんの代決");
    manager.get("/requests/reviews").await.ok().says(&number).says("月末の締切のため").says("経理の担当になるため");
    manager.get(&page).await.ok().says("あなたに代わって決裁しました（部門の確認：承認）");
    let read = manager.post(&format!("{page}/review"), &[("remark", "承知しました。")]).await;
    assert_eq!(read.location().as_deref(), Some("/requests/reviews"), "{}", read.words());
    manager.get("/requests/reviews").await.ok().says("を後閲しました").says("承知しました。");
    let tanaka = portal.sign_in("田中").await.get(&page).await;
    tanaka.ok().says("後閲 4月6日").says("佐藤 直樹が、山本 蓮の代決を後閲しました").hides("後閲待ち");
    manager.get("/").await.ok().hides("後閲する：");
    manager.post(&format!("{page}/review"), &[("remark", "")]).await.refuses("後閲するものはありません");
    for (kind, times) in [("request.offered", 1), ("request.approved", 1), ("request.reviewed", 1)] {
        assert_eq!(portal.events(kind).await, times, "{kind}");
    }
    assert_eq!(told(portal, "request.reviewed").await, ["山本"]);
}

#[tokio::test]
async fn an_absence_opens_the_offer_at_once_and_what_is_not_read_in_time_shows() {
    let office = Office::open().await;
    let portal = &office.portal;
    holds(&portal.sign_in("中村").await, &DEPUTY).await;
    let number = office.file(&portal.sign_in("田中").await, "田中").await;
    let manager = portal.sign_in("佐藤").await;
    absent(&manager, None, "2026-04-03", "wrong-Password!9").await.refuses("パスワード");
    absent(&manager, None, "2026-03-31", PASSWORD).await.refuses("最初の日より前");
    assert_eq!(portal.events("absence.entered").await, 0);
    assert_eq!(absent(&manager, None, "2026-04-03", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(told(portal, "request.offered").await, ["山本"], "with the entry itself");
    // what comes while they are away is offered as it comes
    let later = office.file(&portal.sign_in("田中").await, "田中").await;
    assert_eq!(told(portal, "request.offered").await.len(), 2);

    let deputy = portal.sign_in("山本").await;
    // who asks who could read it, or why somebody can, hears of the rule
    let desk = portal.sign_in("中村").await;
    let readers = async |number: &str, on: &'static str| {
        desk.get("/permissions/readers").await.ok();
        let asked = [("what", "requests"), ("person", ""), ("department", ""), ("request", number), ("on", on)];
        desk.post("/permissions/readers", &asked).await
    };
    readers(&number, "2026-04-01").await.ok().says("山本 蓮").says("佐藤 直樹さんの代決（代決規程）");
    let why = desk.get("/permissions/why?to=/requests/inbox&person=001002").await;
    why.ok().says("代決規程により、この人に回ってきた申請");
    desk.get("/permissions/why?to=/requests/inbox&person=001005").await.ok().hides("代決規程により");

    let done = decide(&deputy, &number, "return", "期間を書いてください").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let page = deputy.get(&format!("/requests/{number}")).await;
    assert!(!page.ok().text().contains("山本（代理）"), "a return leaves no stamp");
    // once they are back nothing more is decided so
    let own = manager.get("/absences").await;
    let end = own.ok().says("不在").attribute("action=\"/absences/").unwrap();
    assert_eq!(manager.post(&format!("/absences/{end}"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(forge(portal, &deputy, &later).await.status, StatusCode::NOT_FOUND);

    // three business days after the absence as it was entered when it was decided: Wednesday the 8th
    portal.advance(TimeDelta::days(7));
    reviewing::reviews_due(&portal.app).await.unwrap();
    assert!(told(portal, "request.review_reminded").await.is_empty());
    portal.advance(TimeDelta::days(1));
    for _ in 0..2 {
        reviewing::reviews_due(&portal.app).await.unwrap();
    }
    assert_eq!(told(portal, "request.review_reminded").await, ["佐藤"]);
    // of the days that are past as well: since it was offered, or since they decided it
    let desk = portal.sign_in("中村").await;
    let readers = async |number: &str, on: &'static str| {
        desk.get("/permissions/readers").await.ok();
        let asked = [("what", "requests"), ("person", ""), ("department", ""), ("request", number), ("on", on)];
        desk.post("/permissions/readers", &asked).await
    };
    for (number, on) in [(&number, "2026-04-01"), (&number, "2026-04-08"), (&later, "2026-04-01")] {
        readers(number, on).await.ok().says("佐藤 直樹さんの代決（代決規程）");
    }
    readers(&number, "2026-03-31").await.refuses("この申請は、その日にはまだありませんでした");
    for watcher in ["中村", "小林", "加藤"] {
        let home = portal.sign_in(watcher).await;
        home.get("/").await.ok().says("期限を過ぎた後閲がある（1件）");
        home.get("/requests/reviews?view=late").await.ok().says(&number).says("佐藤 直樹").hides("後閲する");
    }
    let manager = portal.sign_in("佐藤").await;
    manager.get("/requests").await.ok();
    let read = manager.post(&format!("/requests/{number}/review"), &[("remark", "")]).await;
    assert_eq!(read.status, StatusCode::SEE_OTHER, "{}", read.words());
    portal.sign_in("加藤").await.get("/").await.ok().hides("期限を過ぎた後閲");
    portal.advance(TimeDelta::days(1));
    reviewing::reviews_due(&portal.app).await.unwrap();
    assert_eq!(portal.events("request.review_reminded").await, 1);
}

/// Does the menu of this page lead there, and is it where one is?
fn menu(page: &Page, href: &str) -> (bool, bool) {
    let entry = format!("<a href=\"{href}\"");
    (page.text().contains(&entry), page.text().contains(&format!("{entry} aria-current=\"page\"")))
}

#[tokio::test]
async fn reading_afterwards_and_absences_stand_in_the_menu_of_those_whom_they_concern() {
    const REVIEWS: &str = "/requests/reviews";
    let office = Office::open().await;
    let portal = &office.portal;
    let (desk, clerk) = (portal.sign_in("中村").await, portal.sign_in("田中").await);
    let manager = portal.sign_in("佐藤").await;
    assert_eq!(menu(&manager.get("/").await, REVIEWS), (false, false), "without a rule it concerns nobody");
    holds(&desk, &DEPUTY).await;
    for (who, concerned) in [(&manager, true), (&desk, true), (&clerk, false)] {
        let home = who.get("/").await;
        assert_eq!(menu(&home, REVIEWS).0, concerned, "{}", home.ok().words());
        let absences = who.get("/absences").await;
        assert_eq!(menu(absences.ok(), "/absences"), (true, true));
    }
    let number = office.file(&clerk, "田中").await;
    assert_eq!(absent(&manager, None, "2026-04-03", PASSWORD).await.status, StatusCode::SEE_OTHER);
    let done = decide(&portal.sign_in("山本").await, &number, "approve", "急ぎのため").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let list = manager.get(REVIEWS).await;
    assert_eq!((menu(list.ok(), REVIEWS), menu(&list, "/requests")), ((true, true), (true, false)));
    list.says("後閲の期限 4月8日(水)");
    let page = manager.get(&format!("/requests/{number}")).await;
    assert_eq!((menu(page.ok(), REVIEWS), menu(&page, "/requests")), ((true, true), (true, false)));
}

#[tokio::test]
async fn who_comes_too_late_hears_who_decided_and_keeps_what_they_wrote() {
    let office = Office::open().await;
    let portal = &office.portal;
    holds(&portal.sign_in("中村").await, &DEPUTY).await;
    let number = office.file(&portal.sign_in("田中").await, "田中").await;
    let manager = portal.sign_in("佐藤").await;
    assert_eq!(absent(&manager, None, "2026-04-03", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(told(portal, "request.offered").await, ["山本"]);

    // the absent one looks in after all, while the other one reads it
    let (first, second) = (manager, portal.sign_in("山本").await);
    let path = format!("/requests/{number}/decision");
    let seen = second.get(&format!("/requests/{number}")).await.ok().attribute("name=\"_seen\" value=\"").unwrap();
    assert_eq!(decide(&first, &number, "approve", "").await.status, StatusCode::SEE_OTHER);
    let said = [("_seen", &*seen), ("verdict", "refuse"), ("words", "予算がないため")];
    let late = second.post(&path, &said).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.words());
    late.says("先に判断した人がいるため").says("佐藤 直樹が承認しました（管理職）").says("予算がないため");
    // of the request itself they hear nothing more than before
    late.hides("経理の担当になるため");
    // nor does anybody hear it who could not have decided, or who never saw what was asked
    let other = portal.sign_in("高橋").await;
    other.get("/requests").await.ok();
    assert_eq!(other.post(&path, &said).await.status, StatusCode::NOT_FOUND);
    let unseen = [("_seen", &*"0".repeat(64)), ("verdict", "refuse"), ("words", "予算がないため")];
    assert_eq!(second.post(&path, &unseen).await.status, StatusCode::NOT_FOUND);

    // whoever still sees it has its page again, with the same words
    second_clerk(portal).await;
    stand_in(portal, "佐藤", "山本").await;
    let number = office.file(&portal.sign_in("田中").await, "鈴木").await;
    let (manager, deputy) = (portal.sign_in("佐藤").await, portal.sign_in("山本").await);
    let seen = content_hash(portal, &number).await;
    assert_eq!(decide(&manager, &number, "approve", "").await.status, StatusCode::SEE_OTHER);
    deputy.get("/requests").await.ok();
    let said = [("_seen", &*seen), ("verdict", "return"), ("words", "期間を書いてください")];
    let late = deputy.post(&format!("/requests/{number}/decision"), &said).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.words());
    late.says("先に判断した人がいるため")
        .says("佐藤 直樹が承認しました（管理職）")
        .says("期間を書いてください")
        .says("承認の状況");
}

#[tokio::test]
async fn a_rule_that_begins_today_offers_what_waits_already() {
    let office = Office::open().await;
    let desk = office.portal.sign_in("中村").await;
    assert_eq!(absent(&desk, Some("001003"), "2026-04-30", PASSWORD).await.status, StatusCode::SEE_OTHER);
    office.file(&office.portal.sign_in("田中").await, "田中").await;
    assert_eq!(told(&office.portal, "request.offered").await, [""; 0]);
    holds(&desk, &DEPUTY).await;
    assert_eq!(told(&office.portal, "request.offered").await, ["山本"]);
}

#[tokio::test]
async fn of_several_whom_the_rule_names_the_next_is_offered_it_when_the_first_is_away_too() {
    let office = Office::open().await;
    let portal = &office.portal;
    let desk = portal.sign_in("中村").await;
    holds(&desk, &DEPUTY).await;
    second_clerk(portal).await;
    let number = office.file(&portal.sign_in("田中").await, "田中").await;
    assert_eq!(absent(&desk, Some("001003"), "2026-04-30", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(told(portal, "request.offered").await, ["山本"], "who has been there longest");
    let next = portal.sign_in("鈴木").await;
    assert_eq!(forge(portal, &next, &number).await.status, StatusCode::NOT_FOUND);
    assert!(past_the_portal(portal, "鈴木", "佐藤").await.is_some(), "nor past the portal");
    assert_eq!(absent(&desk, Some("001002"), "2026-04-30", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(told(portal, "request.offered").await, ["山本", "鈴木"]);
    let done = decide(&next, &number, "approve", "急ぎのため").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
}

#[tokio::test]
async fn whom_the_rule_does_not_name_and_what_it_does_not_reach_is_refused_in_words() {
    let office = Office::open().await;
    let portal = &office.portal;
    // above the section there is no head: the office
    let desk = portal.sign_in("中村").await;
    holds(&desk, &[("who", "above")]).await;
    let clerk = portal.sign_in("田中").await;
    let number = office.file(&clerk, "田中").await;
    forge(portal, &desk, &number).await.refuses("まだ代決できません");
    assert_eq!(absent(&desk, Some("001003"), "2026-04-30", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(told(portal, "absence.entered").await, ["佐藤"], "whoever is entered by another hears of it");
    forge(portal, &portal.sign_in("小林").await, &number).await.refuses("この段階は管理職が担当します");
    assert_eq!(forge(portal, &portal.sign_in("高橋").await, &number).await.status, StatusCode::NOT_FOUND);
    assert_eq!(forge(portal, &portal.sign_in("山本").await, &number).await.status, StatusCode::FORBIDDEN);
    // in their own matter nobody, whatever the rule says
    let own = office.file(&clerk, "山本").await;
    let mut db = portal.superuser().await;
    for change in [
        "alter table request disable trigger user",
        "update request set beneficiary_id = (select id from person where family_name = '中村') where subject like '%山本%'",
        "alter table request enable trigger user",
    ] {
        db.execute(change).await.unwrap();
    }
    forge(portal, &desk, &own).await.refuses("自分が申請した、又は自分が対象の申請");
    // a kind that the office left to the decider
    holds(&desk, &[("who", "above"), ("excluded", "account.register")]).await;
    forge(portal, &desk, &number).await.refuses("この申請は、代決できません");
    // and somebody who was appointed goes before every rule
    holds(&desk, &[("who", "above")]).await;
    stand_in(portal, "佐藤", "山本").await;
    forge(portal, &desk, &number).await.refuses("代理がいるため、代決はできません");
    assert_eq!(portal.events("request.approved").await, 0);
}

#[tokio::test]
async fn who_decided_by_rule_takes_no_second_step_and_administrator_rights_are_never_decided_so() {
    let office = Office::open().await;
    let portal = &office.portal;
    let post = NewPost {
        person: portal.cast.get("伊藤").id,
        department: portal.cast.it,
        tier: Tier::Sysadmin,
        function: Some("server_administrator"),
        title: "",
        main: false,
        from: portal.app.clock().today(),
    };
    portal.app.change(&Actor::portal(), async |work| appoint(work, &post).await.map(drop)).await.unwrap();
    holds(&portal.sign_in("中村").await, &[("who", "function"), ("function", "server_administrator")]).await;
    let clerk = portal.sign_in("田中").await;
    let (number, wide) = (office.file(&clerk, "田中").await, office.file(&clerk, "山本").await);
    let mut db = portal.superuser().await;
    for change in [
        "alter table request_line disable trigger user",
        "update request_line l set data = jsonb_set(l.data, '{scale,0,privileged}', 'true') from request r
          where r.id = l.request_id and r.subject like '%山本%'",
        "alter table request_line enable trigger user",
    ] {
        db.execute(change).await.unwrap();
    }
    let desk = portal.sign_in("中村").await;
    assert_eq!(absent(&desk, Some("001003"), "2026-04-30", PASSWORD).await.status, StatusCode::SEE_OTHER);
    let administrator = portal.sign_in("伊藤").await;
    forge(portal, &administrator, &wide).await.refuses("この申請は、代決できません");
    let done = decide(&administrator, &number, "approve", "急ぎのため").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let seen = content_hash(portal, &number).await;
    let work = administrator.post(&format!("/requests/{number}/lines/1"), &[("_seen", &*seen)]).await;
    work.refuses("承認した人は、その作業を実施できません");
}

#[tokio::test]
async fn under_the_city_standard_the_deputy_of_the_owning_section_decides_in_the_head_s_absence() {
    let portal = Portal::open_under("osaka-standard").await;
    let system = owned(&portal, "SYS-A", "住民情報システム", portal.cast.general, false).await;
    holds(&portal.sign_in("中村").await, &DEPUTY).await;
    let sent = ask(&portal.sign_in("田中").await, "田中", &[system]).await;
    let number = sent.location().unwrap().rsplit('/').next().unwrap().to_owned();
    let desk = portal.sign_in("中村").await;
    assert_eq!(absent(&desk, Some("001005"), "2026-04-02", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(told(&portal, "request.offered").await, ["鈴木"], "of the section that owns it, not of the applicant's");
    let deputy = portal.sign_in("鈴木").await;
    let done = decide(&deputy, &number, "approve", "窓口の開始に間に合わせるため").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.words());
    let head = portal.sign_in("高橋").await;
    head.get(&format!("/requests/{number}")).await.ok().says("代決（高橋 遼 不在").says("後閲");
    let read = head.post(&format!("/requests/{number}/review"), &[("remark", "")]).await;
    assert_eq!(read.status, StatusCode::SEE_OTHER, "{}", read.words());
}

#[tokio::test]
async fn the_office_enters_a_rule_from_a_day_on_and_takes_it_back_only_before() {
    let portal = Portal::open().await;
    let desk = portal.sign_in("中村").await;
    rule(&desk, &[DEPUTY[0], DEPUTY[1], ("own_password", "wrong-Password!9")]).await.refuses("パスワード");
    for days in ["31", "-1"] {
        rule(&desk, &[("who", "above"), ("after_days", days)]).await.refuses("1から30までの数");
    }
    rule(&desk, &[("who", "above"), ("effective_on", "9999-01-01")]).await.refuses("令和18年4月1日(火)までの日");
    absent(&desk, Some("001003"), "2099-01-01", PASSWORD).await.refuses("不在は1年までです");
    rule(&desk, &[("who", "above"), ("after_days", ""), ("when_absent", "")]).await.refuses("少なくとも一方");
    rule(&desk, &[("who", "above"), ("effective_on", "2026-03-31")]).await.refuses("今日以後の日");
    rule(&desk, &[("who", "title"), ("title", "")]).await.refuses("次席の職名");
    for with in [[("who", "above"), ("tier", "ciso")], [("who", "above"), ("excluded", "privileged.grant")]] {
        assert!(rule(&desk, &with).await.status.is_client_error(), "{with:?}");
    }
    assert_eq!(portal.events("acting_rule.entered").await, 0);

    for with in [&DEPUTY[..], &[("who", "nobody"), ("effective_on", "2026-04-10")]] {
        assert_eq!(rule(&desk, with).await.status, StatusCode::SEE_OTHER);
    }
    let list = desk.get(RULES).await;
    let way = list.ok().says("だれも代決しない").says("適用前").attribute("href=\"/acting-rules/0").unwrap();
    let way = format!("/acting-rules/0{way}");
    desk.get(&way).await.ok().says("適用日の前なので");
    desk.post(&way, &[("reason", "見直すため"), ("own_password", "wrong")]).await.refuses("パスワード");
    let back = desk.post(&way, &[("reason", "見直すため"), ("own_password", PASSWORD)]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.words());
    let list = desk.get(RULES).await;
    list.ok().says("取消し：").says("見直すため");
    assert_eq!(list.attribute("href=\"/acting-rules/0"), None, "what is in force stays");
    portal.sign_in("吉田").await.get("/audit").await.ok().says("代決規程の登録").says("代決規程の取消し");
}

/// A connection in the runtime's role, with the whole organisation in view, at this moment of the portal.
pub async fn side_door(portal: &Portal, person: PersonId) -> PgConnection {
    let mut conn = portal.runtime("mamori_app").await;
    conn.execute("begin").await.unwrap();
    let set = "select set_config('mamori.person', $1, true), set_config('mamori.scope_all', 'on', true), set_config('mamori.now', $2, true)";
    let set = sqlx::query(set).bind(person.to_string()).bind(portal.now().to_rfc3339());
    set.execute(&mut conn).await.unwrap();
    conn
}

/// Decides by the rule in force, past the portal; the code of the refusal.
async fn past_the_portal(portal: &Portal, by: &str, absent: &str) -> Option<String> {
    let mut conn = side_door(portal, portal.cast.get(by).id).await;
    let decision = "insert into decision (id, request_id, round, step, step_key, decider, acting_for, post_id, tier, deputy, verdict, words,
                                          content_hash, decided_at, acting_rule, review_due)
         select gen_random_uuid(), r.id, r.round, r.step, 'confirm', $1, $2, $3, 'manager', true, 'approve', 'x', r.content_hash, now(),
                (select id from acting_rule order by version desc limit 1), date '2026-05-01'
           from request r";
    let done = sqlx::query(decision)
        .bind(portal.cast.get(by).id.0)
        .bind(portal.cast.get(absent).id.0)
        .bind(portal.cast.get(absent).post.0)
        .execute(&mut conn)
        .await;
    match done {
        Ok(_) => None,
        Err(sqlx::Error::Database(said)) => Some(said.code().unwrap_or_default().into_owned()),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_database_takes_a_decision_by_rule_from_nobody_else_and_a_reading_from_the_absent_alone() {
    let office = Office::open().await;
    let portal = &office.portal;
    holds(&portal.sign_in("中村").await, &DEPUTY).await;
    let number = office.file(&portal.sign_in("田中").await, "田中").await;
    let refused = Some("PT403".to_owned());
    assert_eq!(past_the_portal(portal, "山本", "佐藤").await, refused, "before its time");
    let manager = portal.sign_in("佐藤").await;
    assert_eq!(absent(&manager, None, "2026-04-03", PASSWORD).await.status, StatusCode::SEE_OTHER);
    for (by, absent) in [("鈴木", "佐藤"), ("中村", "佐藤"), ("山本", "高橋"), ("田中", "佐藤")] {
        assert_eq!(past_the_portal(portal, by, absent).await, refused, "{by} for {absent}");
    }
    assert_eq!(past_the_portal(portal, "山本", "佐藤").await, None);

    let deputy = portal.sign_in("山本").await;
    assert_eq!(decide(&deputy, &number, "approve", "急ぎのため").await.status, StatusCode::SEE_OTHER);
    for (reader, viewer) in [("山本", "山本"), ("佐藤", "山本"), ("中村", "中村")] {
        let mut conn = side_door(portal, portal.cast.get(viewer).id).await;
        let read = sqlx::query("insert into ex_post_review select id, $1, '', now() from decision");
        assert!(read.bind(portal.cast.get(reader).id.0).execute(&mut conn).await.is_err(), "{reader} by {viewer}");
    }
    let office_id = portal.cast.get("中村").id;
    for statement in [
        "update acting_rule set after_days = 1",
        "delete from acting_rule",
        "insert into acting_rule select gen_random_uuid(), 'ciso', 1, who, title, function, when_absent, after_days, excluded, review_days,
                                        date '2027-01-01', reason, now(), viewer_id() from acting_rule",
        "insert into acting_rule_taken_back select id, now(), viewer_id(), 'x' from acting_rule",
        "update absence set person_id = viewer_id()",
        "insert into absence select gen_random_uuid(), person_id, '[2026-06-01,2026-06-02)', 'x', person_id, now() from absence",
        "delete from ex_post_review",
        "update decision set acting_rule = null, review_due = null",
    ] {
        let mut conn = side_door(portal, office_id).await;
        assert!(conn.execute(statement).await.is_err(), "{statement}");
    }
}
