//! 部品の一覧: every part of a page on one screen, for whoever designs or changes them.
//!
//! `cargo run --example gallery`, then http://127.0.0.1:8099/?lang=en&theme=dark (pages: /, /form, /list, /sign-in, /problem).

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::extract::{RawQuery, Request};
use axum::response::Html;
use axum::routing::get;
use chrono::NaiveDate;
// The templates name the drawings and choices of `crate::web`, which here is the library.
use mamori::kernel;
use mamori::web;
use mamori::web::dates::{Dates, Urgency};
use mamori::web::forms::{Choice, Field, Form, FormInput, Width};
use mamori::web::icons::Icon;
use mamori::web::locale::{Label, Lang, Words};
use mamori::web::parts::Timeline;
use mamori::web::parts::{
    Comment, DayField, Dots, Empty, Entry, Fact, Facts, Flag, Flow, FlowStep, Mark, MiniRoute, Outcome, Route,
    RouteStep, Slot, Stamp, Steps, Tag, TagTone, Todo, TodoItem,
};
use mamori::web::shell::{
    Badge, Banner, Basis, Link, NavGroup, NavItem, Notices, Shell, Standing, StandingOption, Theme, Tone,
};
use mamori::web::tables::{
    Cell, Chip, Chips, Filter, Filters, Head, ListBar, NARROW, Pager, Row, Sorted, Table, Total,
};
use mamori::web::trouble::Problem;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let app = Router::new()
        .merge(web::assets::routes())
        .route("/", get(parts))
        .route("/form", get(form))
        .route("/list", get(list))
        .route("/sign-in", get(sign_in))
        .route("/problem", get(problem));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 8099)).await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, app).await
}

fn shell(query: &HashMap<String, String>, title: &str) -> Shell {
    let lang = query.get("lang").and_then(|code| code.parse().ok()).unwrap_or(Lang::Ja);
    let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap_or_default();
    let mut shell = Shell::new(Words(lang), Dates { lang, western: false, today }, title);
    shell.theme = query.get("theme").map(|code| Theme::from_code(code)).unwrap_or_default();
    shell.csrf = "sample".into();
    shell.help = "青野市役所 情報政策課 セキュリティ事務局（内線 2451）".into();
    shell
}

fn signed_in(query: &HashMap<String, String>, title: &str) -> Shell {
    let mut shell = shell(query, title);
    shell.organisation = "青野市役所".into();
    shell.person = Some(Badge { name: "佐伯 美咲".into(), place: "市民課 主事".into() });
    let option =
        |value: &str, title: &str, current| StandingOption { value: value.into(), title: title.into(), current };
    shell.standing = Standing {
        title: "情報システム管理者".into(),
        options: vec![option("staff", "職員", false), option("sysadmin", "情報システム管理者", true)],
    };
    shell.nav = vec![
        NavGroup {
            heading: None,
            items: vec![
                NavItem::new("/", "ホーム", Icon::Home).goto('h'),
                NavItem::new("/inbox", "承認待ち", Icon::Inbox).count(12).urgent(true).goto('a'),
                NavItem::new("/work", "実施待ち", Icon::Wrench).count(7),
            ],
        },
        NavGroup {
            heading: Some("台帳".into()),
            items: vec![
                NavItem { current: true, ..NavItem::new("/list", "アカウント", Icon::Account) },
                NavItem::new("/systems", "情報システム", Icon::System),
            ],
        },
        NavGroup {
            heading: Some("規程".into()), items: vec![NavItem::new("/board", "条項と実施状況", Icon::Book)]
        },
    ];
    shell.account = vec![Link::new("/me", "サインイン中の端末"), Link::new("/me/password", "パスワードを変更する")];
    shell.apply = Some("/form".into());
    shell.search = Some("/search".into());
    shell.notices = Some(Notices { href: "/notices".into(), unread: 3 });
    shell.basis = vec![Basis {
        label: "情報システム管理規程 4.1.1".into(),
        href: Some("/board".into()),
        heading: "利用者の登録は、責任者の承認を受けて行い、台帳に残す。".into(),
        rule: String::new(),
    }];
    shell.crumb("/", "ホーム").crumb_here(title)
}

fn pairs(raw: Option<String>) -> HashMap<String, String> {
    let input = FormInput::parse(raw.unwrap_or_default().as_bytes()).unwrap_or_default();
    input.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn page(template: &impl Template) -> Html<String> {
    Html(template.render().unwrap_or_else(|fault| fault.to_string()))
}

#[derive(Template)]
#[template(path = "samples/parts.html")]
struct Parts {
    shell: Shell,
    tags: Vec<Tag>,
    flags: Vec<Flag>,
    dots: Dots,
    steps: Steps,
    route: Route,
    mini: MiniRoute,
    flow: Flow,
    timeline: Timeline,
    comment: Comment,
    facts: Facts,
    tight: Facts,
    todo: Todo,
    empty: Empty,
    banners: Vec<Banner>,
    icons: [Icon; Icon::ALL.len()],
}

fn steps_of(w: Words) -> Vec<RouteStep> {
    vec![
        RouteStep::new(Outcome::Done, Slot::Stamp(Stamp::new(w, "申請", "市民課", "R8.11.16", "佐伯")), "申請")
            .who("佐伯 美咲", "市民課 主事")
            .when("11月16日(月) 13:20"),
        RouteStep::new(
            Outcome::Done,
            Slot::Stamp(Stamp::new(w, "承認", "情報セキュリティ推進課", "R8.11.18", "勅使河原").deputy(w)),
            "承認",
        )
        .role("課情報セキュリティ責任者")
        .who("勅使河原 直樹", "市民課長")
        .when("11月18日(水) 09:05")
        .say("担当替えを確認しました。"),
        RouteStep::new(Outcome::Now, Slot::Word("承認待ち".into()), "承認")
            .role("情報システム管理者")
            .who("高橋 遼", "情報政策課 主査")
            .when("11月18日(水) 09:05 到着、2日経過")
            .flag(Flag::new(Urgency::Soon, "処理の目安は今日まで")),
        RouteStep::new(Outcome::Later, Slot::Word("実施".into()), "実施").role("情報政策課 運用係"),
    ]
}

async fn parts(RawQuery(raw): RawQuery) -> Html<String> {
    let query = pairs(raw);
    let shell = signed_in(&query, "部品の一覧");
    let w = shell.w;
    let dates = shell.dates;
    let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap_or_default();
    let todo = |text: &str, d, action: &str| TodoItem {
        link: Link::new("/x", text),
        note: "持出し申請 R8-TKO-0188 の返却予定日".into(),
        due: Some((dates.due(day(d)), format!("{}まで", dates.short(day(d))))),
        action: action.into(),
    };
    let fact = |label: &str, value: &str| Fact::new(label, value);
    let flow = |act: &str, who: &str, note: &str, maybe| FlowStep {
        act: act.into(),
        who: who.into(),
        note: note.into(),
        maybe,
    };
    page(&Parts {
        tags: [
            (TagTone::Wait, "承認待ち"),
            (TagTone::Move, "承認中"),
            (TagTone::Work, "実施中"),
            (TagTone::Back, "差戻し"),
            (TagTone::Bad, "却下"),
            (TagTone::Good, "承認済み"),
            (TagTone::Part, "一部"),
            (TagTone::Over, "期限超過"),
            (TagTone::Plain, "下書き"),
            (TagTone::Done, "完了"),
        ]
        .map(|(tone, text)| Tag::new(tone, text))
        .to_vec(),
        flags: vec![dates.due(day(8)).into(), dates.due(day(20)).into(), dates.due(day(30)).into()],
        dots: Dots::new(w, 2, 4),
        steps: Steps {
            label: "手順".into(),
            steps: ["入力する", "内容を確かめる", "送信する"].map(String::from).to_vec(),
            now: 1,
        },
        route: Route { steps: steps_of(w) },
        mini: MiniRoute { steps: steps_of(w).into_iter().take(3).collect() },
        flow: Flow {
            steps: vec![
                flow("申請", "佐伯 美咲", "", false),
                flow("承認", "大谷 直樹", "課情報セキュリティ責任者", false),
                flow("承認", "藤本 健一", "最高情報セキュリティ責任者（特権のときだけ）", true),
                flow("実施", "情報政策課", "登録し、台帳に記録します", false),
            ],
        },
        timeline: Timeline {
            entries: vec![
                Entry::new("11月19日(木) 08:52", "2026-11-19", "佐伯 美咲が書き込みました"),
                Entry::new("11月18日(水) 09:05", "2026-11-18", "大谷 直樹が承認しました")
                    .mark(Mark::Good)
                    .note("担当替えを確認しました。"),
                Entry::new("11月17日(火) 10:12", "2026-11-17", "佐伯 美咲が内容を直しました")
                    .change("利用の終了日", "令和9年3月30日", "令和9年3月31日")
                    .change("備考", "", "窓口業務"),
                Entry::new("11月16日(月) 13:20", "2026-11-16", "佐伯 美咲が申請しました").mark(Mark::Key).href("/x"),
            ],
            small: false,
        },
        comment: Comment {
            name: "高橋 遼".into(),
            at: "11月18日(水) 15:40".into(),
            machine: "2026-11-18".into(),
            text: "二要素認証の機器は、すでに岡田さんに渡っていますか。\n10月の受領簿を見てください。".into(),
        },
        facts: Facts::new(
            w,
            vec![
                fact("手続の種類", "新しく登録する").change("/form"),
                fact("使う人", "岡田 陽向").note("おかだ ひなた 027163 市民課 窓口係").change("/form"),
                fact("システム", "住民情報系システム — 参照と更新\n課共有フォルダー（市民課） — 参照と更新")
                    .change("/form"),
            ],
        ),
        tight: Facts::tight(w, vec![fact("使う人", "岡田 陽向").href("/x"), fact("備考", "")]),
        todo: Todo {
            items: vec![
                todo("USBメモリ(M-0231)を返却する", 18, "返却を記録する"),
                todo("情報セキュリティ研修（令和8年度 後期）を受ける", 27, "受講する"),
                todo("機器の現物を確認する(PC-02417)", 30, "確認を記録する"),
            ],
        },
        empty: Empty::new(Icon::Inbox, "承認待ちの申請はありません")
            .text("次に届くのは、総務課の2件です。")
            .action("/x", "これから来る申請を見る"),
        banners: vec![
            Banner::new(Tone::Good, "申請を送信しました")
                .body("受付番号は R8-ACC-0412 です。大谷課長に承認を依頼しました。"),
            Banner::new(Tone::Info, "11月22日(日) 9:00〜12:00は点検のため使えません。"),
            Banner::new(Tone::Back, "差し戻された申請が1件あります")
                .body("「USBメモリの持出し」 — 持出し先の住所を追記してください。")
                .action("/x", "直して再提出する"),
            Banner::new(Tone::Bad, "保存できませんでした")
                .body("ほかの人が先に直しました。")
                .action("/x", "最新の内容を開く"),
        ],
        icons: Icon::ALL,
        shell,
    })
}

#[derive(Template)]
#[template(path = "samples/form.html")]
struct FormPage {
    shell: Shell,
    form: Form,
    steps: Steps,
    flow: Flow,
}

fn questions() -> Vec<Field> {
    let choice = |value: &str, text: &str| Choice::new(value, Label::text(text));
    vec![
        Field::cards(
            "kind",
            Label::text("手続の種類"),
            vec![choice("new", "新しく登録する"), choice("change", "権限を変更する"), choice("stop", "停止・削除する")],
        ),
        Field::radio(
            "who",
            Label::text("使う人"),
            vec![
                choice("self", "自分（佐伯 美咲、024518）"),
                choice("other", "同じ課の別の職員"),
                choice("vendor", "委託先の要員").note(Label::text("契約と秘密保持の誓約を確認します。")),
            ],
        ),
        Field::digits("empno", Label::text("職員番号"))
            .exactly(6)
            .hint(Label::text("6桁の数字。全角で入力しても半角に直します。"))
            .when("who", "other"),
        Field::name("vname", Label::text("氏名")).when("who", "vendor"),
        Field::kana("vkana", Label::text("ふりがな")).when("who", "vendor"),
        Field::checks(
            "system",
            Label::text("システム"),
            vec![
                choice("a", "住民情報系システム").note(Label::text("重要性 A。二要素認証の登録が必要です。")),
                choice("b", "財務会計システム"),
            ],
        )
        .hint(Label::text("複数選べます。課で使えるものだけを表示しています。")),
        Field::select("right", Label::text("権限"), vec![choice("r", "参照だけ"), choice("w", "参照と更新")])
            .width(Width::Middle),
        Field::date("from", Label::text("利用の開始日")),
        Field::date("until", Label::text("利用の終了日")).optional(),
        Field::area("reason", Label::text("申請の理由"))
            .most(200)
            .hint(Label::text("担当する業務と、いつから担当するかが分かるように書きます。200字まで。")),
        Field::tick("agree", Label::text("使う人に、利用者の守ることを説明しました")),
    ]
}

async fn form(RawQuery(raw): RawQuery) -> Html<String> {
    let query = pairs(raw);
    let shell = signed_in(&query, "アカウントの申請").module("form");
    let mut form = Form::new(shell.w, shell.dates, questions()).fill("kind", "new").fill("from", "2026-11-24");
    if query.contains_key("faulty") {
        let body = b"kind=new&who=other&empno=0271&system=a&right=w&from=2026-11-24&until=2026-03-31&reason=";
        let input = FormInput::parse(body).unwrap_or_default();
        if let Ok(taken) = Form::new(shell.w, shell.dates, questions()).take(input) {
            form = taken;
        }
    }
    let flow = |act: &str, who: &str| FlowStep { act: act.into(), who: who.into(), note: String::new(), maybe: false };
    page(&FormPage {
        steps: Steps {
            label: "手順".into(),
            steps: ["入力する", "内容を確かめる", "送信する"].map(String::from).to_vec(),
            now: 0,
        },
        flow: Flow {
            steps: vec![flow("申請", "佐伯 美咲"), flow("承認", "大谷 直樹"), flow("実施", "情報政策課")]
        },
        shell: shell.faulty(form.faulty()),
        form,
    })
}

#[derive(Template)]
#[template(path = "samples/list.html")]
struct ListPage {
    shell: Shell,
    chips: Chips,
    filters: Filters,
    bar: ListBar,
    table: Table,
}

async fn list(RawQuery(raw): RawQuery) -> Html<String> {
    let query = pairs(raw);
    let shell = signed_in(&query, "機器台帳").module("rows");
    let w = shell.w;
    let chip = |label: &str, count, urgent, current| Chip {
        link: Link::new("/list", label),
        count: Some(count),
        urgent,
        current,
    };
    let row = |n: usize| Row {
        cells: vec![
            Cell::new(format!("PC-{n:05}")).href("/x").nowrap(),
            Cell::new("ノートPC TB-14 Gen5"),
            Cell::new("上野 颯"),
            Cell::new("国保年金課"),
            if n.is_multiple_of(5) {
                Cell::new("").flag(Flag::new(Urgency::Over, "R8.10.14 切れ"))
            } else {
                Cell::new("R9.10.12").nowrap()
            },
            Cell::new("1,284").number(),
            if n.is_multiple_of(4) {
                Cell::new("").tag(Tag::new(TagTone::Work, "持出し中"))
            } else {
                Cell::new("運用中")
            },
        ],
        bad: n.is_multiple_of(5),
    };
    let heads = vec![
        Head::new("管理番号").sort("/list", Some(Sorted::Up)),
        Head::new("種別・機種").sort("/list", None),
        Head::new("使用者").sort("/list", None),
        Head::new("部署").sort("/list", None),
        Head::new("保守期限").sort("/list", None),
        Head::new("記録").number(),
        Head::new("状態"),
    ];
    let pick = |name: &str, label: &str| Filter::Pick {
        name: name.into(),
        label: label.into(),
        value: String::new(),
        options: vec![(String::new(), "すべて".into()), ("a".into(), "ノートPC".into())],
    };
    let kana = "全あかさたなはまやらわ".chars().map(|c| (Link::new("/list", c.to_string()), c == '全')).collect();
    page(&ListPage {
        chips: Chips {
            w,
            chips: vec![
                chip("すべて", 1284, false, true),
                chip("OSの保守切れ", 4, true, false),
                chip("持出し中", 17, false, false),
            ],
        },
        filters: Filters {
            w,
            action: "/list".into(),
            keep: Vec::new(),
            filters: vec![
                Filter::Words {
                    name: "q".into(),
                    label: "ことば".into(),
                    value: String::new(),
                    hint: "管理番号・機種・使用者（かな可）".into(),
                },
                pick("kind", "種別"),
                pick("department", "部署"),
                Filter::Day(DayField::new(w, "q-on", "on", "基準日", "", None)),
            ],
            verb: NARROW,
            clear: Some("/list".into()),
            faults: Vec::new(),
        },
        bar: ListBar {
            w,
            range: Some((1, 50)),
            total: Total::Exactly(1284).words(w),
            kana,
            kana_label: "使用者のよみ".into(),
            pager: Pager { w, previous: None, next: Some("/list".into()) },
        },
        table: Table::new("機器の一覧", heads, (2387..2410).map(row).collect()).stick(),
        shell,
    })
}

#[derive(Template)]
#[template(path = "samples/sign_in.html")]
struct SignIn {
    shell: Shell,
    form: Form,
}

async fn sign_in(RawQuery(raw): RawQuery) -> Html<String> {
    let query = pairs(raw);
    let shell = shell(&query, "ログイン");
    let fields = vec![
        Field::ascii("login", Label::text("職員番号又はログインID")).autocomplete("username").width(Width::Full),
        Field::password("password", Label::text("パスワード")),
    ];
    page(&SignIn { form: Form::new(shell.w, shell.dates, fields).unmarked(), shell })
}

async fn problem(RawQuery(raw): RawQuery, _: Request) -> Html<String> {
    let query = pairs(raw);
    let problem = Problem::internal(Words(shell(&query, "").w.lang()), "7F3K-22");
    let around = if query.contains_key("open") { shell(&query, "") } else { signed_in(&query, "") };
    Html(problem.page(around).unwrap_or_default())
}
