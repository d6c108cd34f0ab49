//! The fictional company of the demo: 青野商事, 300 people in a head office and three branches, made with the same
//! actions that set-up and imports use. Drawn from a fixed seed, so that every demo is the same.
use chrono::NaiveDate;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::kernel::access::{Actor, Tier};
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::kernel::ids::{DepartmentId, PersonId, PostId};
use crate::kernel::work::Work;
use crate::people::roster::{NewDepartment, NewPerson, NewPost, add_department, add_person, appoint, set_telephone};

/// The name the demo's organisation goes by.
pub const NAME: &str = "青野商事株式会社";
/// Whom its people ask.
pub const HELP: &str = "情報システム部 ヘルプデスク（内線 2451）";
/// How many people there are at the beginning; seven more join in the course of the year.
const PEOPLE: usize = 293;

/// Somebody who joins later.
#[derive(Debug, Clone, Copy)]
pub struct Newcomer {
    /// 職員番号
    pub number: &'static str,
    /// 姓 and its reading
    pub family: (&'static str, &'static str),
    /// 名 and its reading
    pub given: (&'static str, &'static str),
    /// the department's code
    pub section: &'static str,
    /// permanent, fixed_term …
    pub employment: &'static str,
    /// how long somebody stays who is not permanent, in days
    pub days: Option<i64>,
}

/// The one who joins in the demo's year, and gets the account on the portal through a request.
pub const NEWCOMER: Newcomer = stays("022108", ("水野", "みずの"), ("ひかり", "ひかり"), "1420");

/// Those who joined last and have no sign-in yet, in the section of the printed logins and in others; one of them for half
/// a year.
pub const STARTERS: [Newcomer; 6] = [
    stays("022201", ("岸本", "きしもと"), ("さやか", "さやか"), "1410"),
    Newcomer {
        employment: "fixed_term",
        days: Some(180),
        ..stays("022208", ("堀", "ほり"), ("慎也", "しんや"), "1410")
    },
    stays("022215", ("和田", "わだ"), ("圭吾", "けいご"), "1300"),
    stays("022222", ("児玉", "こだま"), ("由紀", "ゆき"), "3000"),
    stays("022236", ("成田", "なりた"), ("萌", "もえ"), "1420"),
    stays("022243", ("浅井", "あさい"), ("陸", "りく"), "1410"),
];

/// Somebody who is employed for good.
const fn stays(
    number: &'static str,
    family: (&'static str, &'static str),
    given: (&'static str, &'static str),
    section: &'static str,
) -> Newcomer {
    Newcomer { number, family, given, section, employment: "permanent", days: None }
}

/// Code, name, reading, parent's code, share of the people.
const DEPARTMENTS: [(&str, &str, &str, &str, usize); 22] = [
    ("1000", "本社", "ほんしゃ", "", 0),
    ("1100", "経営企画部", "けいえいきかくぶ", "1000", 8),
    ("1200", "総務部", "そうむぶ", "1000", 10),
    ("1210", "総務部 人事課", "そうむぶ じんじか", "1200", 8),
    ("1220", "総務部 庶務課", "そうむぶ しょむか", "1200", 8),
    ("1300", "経理部", "けいりぶ", "1000", 13),
    ("1400", "営業部", "えいぎょうぶ", "1000", 6),
    ("1410", "営業部 第一課", "えいぎょうぶ だいいっか", "1400", 28),
    ("1420", "営業部 第二課", "えいぎょうぶ だいにか", "1400", 26),
    ("1430", "営業部 特販課", "えいぎょうぶ とくはんか", "1400", 14),
    ("1500", "購買部", "こうばいぶ", "1000", 16),
    ("1600", "品質保証部", "ひんしつほしょうぶ", "1000", 14),
    ("1700", "開発部", "かいはつぶ", "1000", 4),
    ("1710", "開発部 設計課", "かいはつぶ せっけいか", "1700", 22),
    ("1720", "開発部 試験課", "かいはつぶ しけんか", "1700", 18),
    ("1800", "物流部", "ぶつりゅうぶ", "1000", 20),
    ("1900", "情報システム部", "じょうほうしすてむぶ", "1000", 12),
    ("2000", "東京営業所", "とうきょうえいぎょうしょ", "", 23),
    ("3000", "大阪営業所", "おおさかえいぎょうしょ", "", 21),
    ("4000", "福岡営業所", "ふくおかえいぎょうしょ", "", 16),
    ("5000", "情報セキュリティ委員会事務局", "じょうほうせきゅりてぃいいんかいじむきょく", "1000", 0),
    ("6000", "監査室", "かんさしつ", "1000", 2),
];

const FAMILIES: [(&str, &str); 60] = [
    ("佐伯", "さえき"),
    ("大谷", "おおたに"),
    ("岡田", "おかだ"),
    ("高橋", "たかはし"),
    ("藤本", "ふじもと"),
    ("上野", "うえの"),
    ("清水", "しみず"),
    ("福田", "ふくだ"),
    ("池田", "いけだ"),
    ("早川", "はやかわ"),
    ("秋山", "あきやま"),
    ("黒田", "くろだ"),
    ("野田", "のだ"),
    ("吉川", "よしかわ"),
    ("中村", "なかむら"),
    ("三浦", "みうら"),
    ("髙田", "たかだ"),
    ("齋藤", "さいとう"),
    ("渡邉", "わたなべ"),
    ("小野寺", "おのでら"),
    ("長谷川", "はせがわ"),
    ("𠮷岡", "よしおか"),
    ("柳", "やなぎ"),
    ("東海林", "しょうじ"),
    ("石井", "いしい"),
    ("村上", "むらかみ"),
    ("近藤", "こんどう"),
    ("坂本", "さかもと"),
    ("遠藤", "えんどう"),
    ("青木", "あおき"),
    ("西村", "にしむら"),
    ("太田", "おおた"),
    ("岡本", "おかもと"),
    ("松田", "まつだ"),
    ("中島", "なかじま"),
    ("原", "はら"),
    ("小川", "おがわ"),
    ("竹内", "たけうち"),
    ("金子", "かねこ"),
    ("中山", "なかやま"),
    ("石田", "いしだ"),
    ("森田", "もりた"),
    ("柴田", "しばた"),
    ("酒井", "さかい"),
    ("工藤", "くどう"),
    ("横山", "よこやま"),
    ("宮崎", "みやざき"),
    ("宮本", "みやもと"),
    ("内田", "うちだ"),
    ("高木", "たかぎ"),
    ("安藤", "あんどう"),
    ("谷口", "たにぐち"),
    ("大野", "おおの"),
    ("丸山", "まるやま"),
    ("今井", "いまい"),
    ("河野", "こうの"),
    ("藤田", "ふじた"),
    ("平野", "ひらの"),
    ("杉山", "すぎやま"),
    ("増田", "ますだ"),
];

const GIVEN: [(&str, &str); 48] = [
    ("美咲", "みさき"),
    ("直樹", "なおき"),
    ("陽向", "ひなた"),
    ("遼", "りょう"),
    ("健一", "けんいち"),
    ("颯", "はやて"),
    ("雅人", "まさと"),
    ("恵", "めぐみ"),
    ("蒼", "あおい"),
    ("修", "おさむ"),
    ("颯太", "そうた"),
    ("菜摘", "なつみ"),
    ("まどか", "まどか"),
    ("奏", "かなで"),
    ("彩", "あや"),
    ("大輔", "だいすけ"),
    ("結衣", "ゆい"),
    ("翔太", "しょうた"),
    ("由美子", "ゆみこ"),
    ("拓海", "たくみ"),
    ("さくら", "さくら"),
    ("隆", "たかし"),
    ("和子", "かずこ"),
    ("悠斗", "ゆうと"),
    ("千尋", "ちひろ"),
    ("誠", "まこと"),
    ("明日香", "あすか"),
    ("浩二", "こうじ"),
    ("紗季", "さき"),
    ("亮", "りょう"),
    ("真由美", "まゆみ"),
    ("智也", "ともや"),
    ("葵", "あおい"),
    ("剛", "つよし"),
    ("久美子", "くみこ"),
    ("蓮", "れん"),
    ("香織", "かおり"),
    ("裕介", "ゆうすけ"),
    ("優奈", "ゆうな"),
    ("哲也", "てつや"),
    ("里奈", "りな"),
    ("康弘", "やすひろ"),
    ("春香", "はるか"),
    ("光", "ひかる"),
    ("洋子", "ようこ"),
    ("大和", "やまと"),
    ("楓", "かえで"),
    ("一郎", "いちろう"),
];

/// One of the company's people.
#[derive(Debug, Clone)]
pub struct Member {
    /// who
    pub id: PersonId,
    /// where
    pub department: DepartmentId,
    /// as what
    pub tier: Tier,
    /// 職員番号, which is also the name they sign in with
    pub number: String,
    /// 姓 名
    pub name: String,
    /// permanent, part_time …
    pub employment: &'static str,
    /// the main post
    pub post: PostId,
}

/// The company as it stands.
#[derive(Debug, Clone)]
pub struct Company {
    /// everybody
    pub members: Vec<Member>,
    /// departments: id, code, name
    pub departments: Vec<(DepartmentId, &'static str, &'static str)>,
}

impl Company {
    /// Those of a tier.
    pub fn of(&self, tier: Tier) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.tier == tier)
    }

    /// The manager of a department.
    #[must_use]
    pub fn manager(&self, department: DepartmentId) -> Option<&Member> {
        self.of(Tier::Manager).find(|member| member.department == department)
    }

    /// The department's name.
    #[must_use]
    pub fn department(&self, id: DepartmentId) -> &'static str {
        self.departments.iter().find(|(found, _, _)| *found == id).map_or("", |(_, _, name)| name)
    }

    /// The department with this code.
    #[must_use]
    pub fn coded(&self, code: &str) -> Option<DepartmentId> {
        self.departments.iter().find(|(_, found, _)| *found == code).map(|(id, _, _)| *id)
    }
}

/// The seed of everything that is drawn in the demo.
#[must_use]
pub fn dice() -> StdRng {
    StdRng::seed_from_u64(0x6d61_6d6f_7269)
}

/// One of a list.
pub fn pick<'a, T>(dice: &mut StdRng, list: &'a [T]) -> &'a T {
    &list[dice.random_range(0..list.len())]
}

/// Founds the company: departments first, then people, each department in one transaction.
pub async fn found(app: &App, from: NaiveDate) -> Result<Company> {
    let mut dice = dice();
    let mut company = Company { members: Vec::with_capacity(PEOPLE), departments: Vec::new() };
    departments(app, &mut company, from).await?;
    for (code, _, _, _, share) in DEPARTMENTS {
        let Some(department) = company.coded(code) else { continue };
        let staffed = staff(code, share);
        let mut drafts = Vec::with_capacity(staffed.len());
        for (tier, title) in staffed {
            drafts.push(draft(&mut dice, company.members.len() + drafts.len(), tier, title));
        }
        let members =
            app.change(&Actor::portal(), async |work: &mut Work| people(work, department, &drafts, from).await).await?;
        company.members.extend(members);
    }
    second_post(app, &company, from).await?;
    Ok(company)
}

/// 兼務: the head of general affairs also sits on the committee.
async fn second_post(app: &App, company: &Company, from: NaiveDate) -> Result<()> {
    let head = company.coded("1200").and_then(|department| company.manager(department));
    let (Some(head), Some(department)) = (head, company.coded("5000")) else { return Ok(()) };
    let (tier, function) = (Tier::Committee, None);
    let post = NewPost { person: head.id, department, tier, function, title: "委員", main: false, from };
    app.change(&Actor::portal(), async |work: &mut Work| appoint(work, &post).await.map(drop)).await
}

async fn departments(app: &App, company: &mut Company, from: NaiveDate) -> Result<()> {
    let made = app
        .change(&Actor::portal(), async |work: &mut Work| {
            let mut made: Vec<(DepartmentId, &'static str, &'static str)> = Vec::new();
            for (code, name, reading, parent, _) in DEPARTMENTS {
                let parent = made.iter().find(|(_, found, _)| *found == parent).map(|(id, _, _)| *id);
                let id = add_department(work, &NewDepartment { code, name, reading, parent, from }).await?;
                made.push((id, code, name));
            }
            Ok(made)
        })
        .await?;
    company.departments = made;
    Ok(())
}

struct Draft {
    number: String,
    family: (&'static str, &'static str),
    given: (&'static str, &'static str),
    employment: &'static str,
    tier: Tier,
    title: &'static str,
}

/// Who sits in a department: those whom the regulation names, then clerks.
fn staff(code: &str, share: usize) -> Vec<(Tier, &'static str)> {
    let mut seats = match code {
        "1000" => vec![(Tier::Ciso, "取締役")],
        "1900" => vec![
            (Tier::Manager, "部長"),
            (Tier::Office, "課長"),
            (Tier::Office, "主任"),
            (Tier::Sysadmin, "主査"),
            (Tier::Sysadmin, "主任"),
            (Tier::Sysadmin, "主任"),
            (Tier::Operator, "担当"),
            (Tier::Operator, "担当"),
            (Tier::Designer, "主任"),
            (Tier::Vendor, "常駐技術者"),
        ],
        "5000" => vec![(Tier::Committee, "委員長"), (Tier::Committee, "委員"), (Tier::Committee, "委員")],
        "6000" => vec![(Tier::Auditor, "監査役"), (Tier::Auditor, "監査員")],
        code if code.ends_with("000") => vec![(Tier::Manager, "所長")],
        code if code.ends_with("00") => vec![(Tier::Manager, "部長")],
        _ => vec![(Tier::Manager, "課長")],
    };
    let titles = ["主任", "担当", "担当", "担当", ""];
    let clerks = share.saturating_sub(seats.len());
    seats.extend((0..clerks).map(|at| (Tier::Staff, titles[at % titles.len()])));
    seats
}

fn draft(dice: &mut StdRng, at: usize, tier: Tier, title: &'static str) -> Draft {
    let employments =
        ["permanent", "permanent", "permanent", "permanent", "permanent", "part_time", "fixed_term", "temporary"];
    let employment = match tier {
        Tier::Staff => *pick(dice, &employments),
        Tier::Vendor => "contractor",
        _ => "permanent",
    };
    Draft {
        number: format!("{:06}", 20_001 + at * 7),
        family: *pick(dice, &FAMILIES),
        given: *pick(dice, &GIVEN),
        employment,
        tier,
        title,
    }
}

/// システム管理者の職務 (2(1) of the regulation), one for each of them.
const FUNCTIONS: [&str; 3] = ["サーバ管理者", "ネットワーク管理者", "クライアント端末管理者"];

async fn people(work: &mut Work, department: DepartmentId, drafts: &[Draft], from: NaiveDate) -> Result<Vec<Member>> {
    let mut members = Vec::with_capacity(drafts.len());
    let mut functions = FUNCTIONS.into_iter();
    for draft in drafts {
        let reading = format!("{} {}", draft.family.1, draft.given.1);
        let mail = format!("{}@aono.example", draft.number);
        let new = NewPerson {
            employee_no: &draft.number,
            family_name: draft.family.0,
            given_name: draft.given.0,
            reading: &reading,
            mail: Some(&mail),
            employment: draft.employment,
            owner: None,
            joined_on: from,
        };
        let id = add_person(work, &new).await?;
        set_telephone(work, id, &format!("内線 {}", &draft.number[2..])).await?;
        let function = if draft.tier == Tier::Sysadmin { functions.next() } else { None };
        let new = NewPost { person: id, department, tier: draft.tier, function, title: draft.title, main: true, from };
        let post = appoint(work, &new).await?;
        let name = format!("{} {}", draft.family.0, draft.given.0);
        members.push(Member {
            id,
            department,
            tier: draft.tier,
            number: draft.number.clone(),
            name,
            employment: draft.employment,
            post,
        });
    }
    Ok(members)
}
