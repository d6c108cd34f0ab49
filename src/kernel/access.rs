//! Who is looking and who acts, as plain data: tiers, permissions, reach, `Viewer` and `Actor`.
//! The table that says which tier has which permission stands in `people::permissions`.
use std::net::IpAddr;

use arrayvec::ArrayString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ids::{DepartmentId, PersonId, PostId};

/// 立場の種類: neutral keys; each regulation gives them the titles that screens show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Tier {
    /// 利用者・職員
    Staff,
    /// 部門の管理職
    Manager,
    /// オペレータ
    Operator,
    /// システム管理者
    Sysadmin,
    /// 事務局・情報システム部
    Office,
    /// 最高責任者
    Ciso,
    /// 委員会
    Committee,
    /// 監査・検査者
    Auditor,
    /// システム設計者
    Designer,
    /// 長
    Head,
    /// 外部業者
    Vendor,
}

/// A named function (役割) by its key in the regulation's binding, e.g. `system_officer`; or what the form of a request calls the
/// person whom it names for a step, by its field: `field:author`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionKey(ArrayString<{ Self::LONGEST }>);

impl FunctionKey {
    /// Most bytes of a key; a binding with a longer one is not read.
    pub const LONGEST: usize = 32;

    /// The function of this key; none for what can be no key.
    #[must_use]
    pub fn new(key: &str) -> Option<Self> {
        ArrayString::from(key).ok().map(Self)
    }

    /// As it is stored.
    #[must_use]
    pub fn key(&self) -> &str {
        self.0.as_str()
    }

    /// The field of the form that names the person, where it is one.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.strip_prefix("field:")
    }
}

/// Who acts somewhere (職又は役割): whoever holds the tier, or only the one function of it that a clause names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// the tier
    pub tier: Tier,
    /// the one function of it
    pub function: Option<FunctionKey>,
}

impl From<Tier> for Position {
    fn from(tier: Tier) -> Self {
        Self { tier, function: None }
    }
}

impl Tier {
    /// All tiers, in the order in which menus and tables show them.
    pub const ALL: [Self; 11] = [
        Self::Staff,
        Self::Manager,
        Self::Operator,
        Self::Sysadmin,
        Self::Office,
        Self::Ciso,
        Self::Committee,
        Self::Auditor,
        Self::Designer,
        Self::Head,
        Self::Vendor,
    ];

    /// The neutral key, as in the catalogues.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Manager => "manager",
            Self::Operator => "operator",
            Self::Sysadmin => "sysadmin",
            Self::Office => "office",
            Self::Ciso => "ciso",
            Self::Committee => "committee",
            Self::Auditor => "auditor",
            Self::Designer => "designer",
            Self::Head => "head",
            Self::Vendor => "vendor",
        }
    }

    /// Is whoever holds it one of the staff (職員), whatever else they are? Those who only look on, and people from outside, are
    /// not by that alone.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        !matches!(self, Self::Committee | Self::Auditor | Self::Vendor)
    }

    /// The tier with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.key() == key)
    }
}

/// How far a permission reaches. Ordered: the wider is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// not at all
    None,
    /// 本人に関するもの
    Own,
    /// 部署とその下の部署
    Department,
    /// 組織全体
    Organisation,
}

macro_rules! permissions {
    ($($(#[$meta:meta])* $name:ident = $key:literal),+ $(,)?) => {
        /// What one may do. The one list; who has it stands in `people::permissions`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Permission { $($(#[$meta])* $name),+ }
        impl Permission {
            /// All permissions in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            /// `feature.verb`
            #[must_use]
            pub fn key(self) -> &'static str { match self { $(Self::$name => $key),+ } }
            /// Its place in `ALL`.
            #[must_use]
            pub const fn place(self) -> usize { self as usize }
        }
    };
}

permissions! {
    /// 自分の設定・自分のセッション
    OwnSettings = "own.settings",
    /// 申請する
    RequestsFile = "requests.file",
    /// 申請を見る
    RequestsView = "requests.view",
    /// 申請一覧を書き出す
    RequestsExport = "requests.export",
    /// 承認・差戻し・却下
    RequestsDecide = "requests.decide",
    /// 承認済みの作業を実施する
    RequestsExecute = "requests.execute",
    /// 書面の受領を代わって記録する
    RequestsProxy = "requests.proxy",
    /// 承認待ちの申請の担当を替える
    RequestsReroute = "requests.reroute",
    /// アカウント管理台帳を見る
    AccountsView = "accounts.view",
    /// アカウント管理台帳を書き出す
    AccountsExport = "accounts.export",
    /// 情報システム台帳を見る
    SystemsView = "systems.view",
    /// 情報システム台帳に登録・修正する
    SystemsEdit = "systems.edit",
    /// 情報システム台帳を書き出す
    SystemsExport = "systems.export",
    /// 特権アカウント台帳を見る
    PrivilegedView = "privileged.view",
    /// 特権アカウント台帳に記入する
    PrivilegedEdit = "privileged.edit",
    /// 特権アカウント台帳を書き出す
    PrivilegedExport = "privileged.export",
    /// 条項と実施状況を見る
    ClausesView = "clauses.view",
    /// 規程が定める値を見る
    ParametersView = "parameters.view",
    /// 組織が定める値を入れる
    ParametersEdit = "parameters.edit",
    /// 権限表を見る
    PermissionsView = "permissions.view",
    /// その日に読めた人を調べる
    ReadersView = "readers.view",
    /// 組織と職員を見る
    PeopleView = "people.view",
    /// 組織・職員・発令を登録する
    PeopleEdit = "people.edit",
    /// 人事異動対応表を見る
    MovementsView = "movements.view",
    /// 代理を登録する
    StandInsEdit = "stand_ins.edit",
    /// 自分の役割の仕事を任せる人を指名する
    DesigneesName = "designees.name",
    /// 使用停止を解除する・再発行する
    SignInsManage = "sign_ins.manage",
    /// 同時ログインの記録を見る
    SignInsWatch = "sign_ins.watch",
    /// 休日と休業日を登録する
    CalendarEdit = "calendar.edit",
    /// 操作記録を見る
    AuditView = "audit.view",
    /// 操作記録を検証・書き出しする
    AuditVerify = "audit.verify",
    /// 送信箱を読む
    OutboxView = "outbox.view",
    /// 自動処理の状態を見る
    JobsView = "jobs.view",
}

/// A post that a person holds today (本務・兼務), or holds as a stand-in (代理).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostHeld {
    /// the post
    pub id: PostId,
    /// its department
    pub department: DepartmentId,
    /// the department's name
    pub department_name: String,
    /// the department and all below it
    pub departments: Vec<DepartmentId>,
    /// its tier
    pub tier: Tier,
    /// 主任 and the like, for the screen
    pub title: String,
    /// the key of the function that it is for (役割台帳)
    pub function: Option<String>,
    /// 本務, of whoever holds it
    pub main: bool,
    /// the holder, when this is a stand-in for somebody
    pub acting_for: Option<PersonId>,
    /// 指名: what they are named for today (`kind/step`), when they hold it as one who was named
    pub named: Option<Vec<String>>,
    /// how far each permission reaches by this post, in the order of `Permission::ALL`
    pub reaches: Vec<Reach>,
}

impl PostHeld {
    /// How far this permission reaches by this post alone.
    #[must_use]
    pub fn reach(&self, permission: Permission) -> Reach {
        self.reaches.get(permission.place()).copied().unwrap_or(Reach::None)
    }
}

/// The rows that a permission reaches, for `where`: everything, these departments, or one's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    /// all rows
    pub all: bool,
    /// rows of these departments
    pub departments: Vec<Uuid>,
    /// rows about this person; nil when even these are out of reach
    pub person: Uuid,
}

/// Who is looking at a page.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// the person signed in
    pub person: PersonId,
    /// the natural person behind an administrator's account
    pub natural: PersonId,
    /// 姓 名
    pub name: String,
    /// 姓
    pub family_name: String,
    /// today's posts, the main one first, then those held as a stand-in
    pub posts: Vec<PostHeld>,
    /// reach per permission, in the order of `Permission::ALL`
    pub reaches: Vec<Reach>,
    /// SHA-256 of the session id
    pub session: Option<Vec<u8>>,
    /// where the request came from
    pub source: Option<IpAddr>,
    /// the id of this HTTP request, also in the log
    pub request_ref: Uuid,
    /// must set a new password before anything else
    pub must_change_password: bool,
    /// お知らせ that this person has not read
    pub unread: u64,
}

impl Viewer {
    /// How far this permission reaches for this person today.
    #[must_use]
    pub fn reach(&self, permission: Permission) -> Reach {
        self.reaches.get(permission.place()).copied().unwrap_or(Reach::None)
    }

    /// May this person do it at all?
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.reach(permission) > Reach::None
    }

    /// The widest reach of any permission: what the database's second wall lets through.
    #[must_use]
    pub fn widest(&self) -> Reach {
        self.reaches.iter().copied().max().unwrap_or(Reach::None)
    }

    /// Does one of today's posts carry this tier?
    #[must_use]
    pub fn holds(&self, tier: Tier) -> bool {
        self.posts.iter().any(|post| post.tier == tier)
    }

    /// All departments in reach by any of today's posts, with those below them: the database's second wall.
    #[must_use]
    pub fn departments(&self) -> Vec<Uuid> {
        self.departments_where(|post| post.reaches.iter().any(|reach| *reach >= Reach::Department))
    }

    /// The rows that this permission reaches. Departments count only by posts that carry this permission.
    #[must_use]
    pub fn scope(&self, permission: Permission) -> Scope {
        let reach = self.reach(permission);
        Scope {
            all: reach == Reach::Organisation,
            departments: self.departments_where(|post| post.reach(permission) >= Reach::Department),
            person: if reach >= Reach::Own { self.person.0 } else { Uuid::nil() },
        }
    }

    fn departments_where(&self, counts: impl Fn(&PostHeld) -> bool) -> Vec<Uuid> {
        let led = self.posts.iter().filter(|post| counts(post));
        let mut all: Vec<Uuid> = led.flat_map(|post| post.departments.iter().map(|d| d.0)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The main post, if there is one today.
    #[must_use]
    pub fn main_post(&self) -> Option<&PostHeld> {
        self.posts.iter().find(|post| post.main && post.acting_for.is_none()).or_else(|| self.posts.first())
    }

    /// This person as the one who acts, in no particular capacity.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor {
            who: Who::Person(self.person),
            capacity: None,
            acting_for: None,
            session: self.session.clone(),
            source: self.source,
            request_ref: Some(self.request_ref),
            scope_all: self.widest() == Reach::Organisation,
            departments: self.departments(),
        }
    }

    /// This person acting in the capacity of one of today's posts (exactly one is recorded for deciding).
    #[must_use]
    pub fn actor_as(&self, post: &PostHeld) -> Actor {
        Actor { capacity: Some(post.id), acting_for: post.acting_for, ..self.actor() }
    }
}

/// Who changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// a signed-in person
    Person(PersonId),
    /// nobody signed in (an open page)
    Anonymous,
    /// the portal itself: a job, a command
    Portal,
}

/// The one who acts, with the facts that the event log wants.
#[derive(Debug, Clone)]
pub struct Actor {
    /// who
    pub who: Who,
    /// the post in whose capacity they act
    pub capacity: Option<PostId>,
    /// 代理: for whom
    pub acting_for: Option<PersonId>,
    /// SHA-256 of the session id
    pub session: Option<Vec<u8>>,
    /// from where
    pub source: Option<IpAddr>,
    /// the HTTP request
    pub request_ref: Option<Uuid>,
    /// row-level security: everything in view
    pub scope_all: bool,
    /// row-level security: departments in view
    pub departments: Vec<Uuid>,
}

impl Actor {
    /// The portal itself.
    #[must_use]
    pub fn portal() -> Self {
        Self {
            who: Who::Portal,
            capacity: None,
            acting_for: None,
            session: None,
            source: None,
            request_ref: None,
            scope_all: true,
            departments: Vec::new(),
        }
    }

    /// Somebody not signed in, on an open page. The handlers of open pages decide what may be touched.
    #[must_use]
    pub fn anonymous(source: Option<IpAddr>, request_ref: Uuid) -> Self {
        Self { who: Who::Anonymous, source, request_ref: Some(request_ref), ..Self::portal() }
    }

    /// The person, if one acts.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        match self.who {
            Who::Person(id) => Some(id),
            Who::Anonymous | Who::Portal => None,
        }
    }
}
