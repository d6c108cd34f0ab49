//! The drawings that stand beside words: one line weight, one size, drawn with the colour of the text.

use std::fmt;

use askama::filters::HtmlSafe;

/// A drawing. It never stands alone: the word beside it, or the label of its control, says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Icon {
    /// アカウント、鍵
    Account,
    /// 加える、申請する
    Apply,
    /// 前へ
    Back,
    /// お知らせ
    Bell,
    /// 規程、条項
    Book,
    /// 媒体
    Box,
    /// 定期業務
    Calendar,
    /// ダッシュボード
    Chart,
    /// 済み、承認
    Check,
    /// 添付
    Clip,
    /// 待ち、期限が近い
    Clock,
    /// 列を選ぶ
    Columns,
    /// 却下、閉じる
    Cross,
    /// 下書き
    Dash,
    /// 機器
    Device,
    /// 申請、文書
    Document,
    /// 成功
    Done,
    /// 承認中
    Dots,
    /// 書き出す
    Download,
    /// 表示する
    Eye,
    /// 言語
    Globe,
    /// 台帳
    Grid,
    /// 一部
    Half,
    /// 履歴、基準日
    History,
    /// ホーム
    Home,
    /// 承認待ち
    Inbox,
    /// 知らせ
    Info,
    /// 明るさ
    Light,
    /// 一覧
    List,
    /// 設定、鍵のかかったもの
    Lock,
    /// ログアウト
    Leave,
    /// メニュー
    Menu,
    /// 次へ
    Next,
    /// 外部
    Outside,
    /// 記録、直す
    Pen,
    /// 利用者
    People,
    /// 携帯端末
    Phone,
    /// 印刷する
    Print,
    /// 差戻し
    Return,
    /// 探す
    Search,
    /// ソフトウェア
    Software,
    /// 問い合わせ、やり取り
    Speech,
    /// 情報システム
    System,
    /// 持出し
    Takeout,
    /// LAN、組織
    Tree,
    /// 委託先
    Vendor,
    /// 期限超過、事故
    Warn,
    /// 実施
    Wrench,
}

impl Icon {
    /// Every drawing, for the sample page.
    pub const ALL: [Self; 48] = [
        Self::Account,
        Self::Apply,
        Self::Back,
        Self::Bell,
        Self::Book,
        Self::Box,
        Self::Calendar,
        Self::Chart,
        Self::Check,
        Self::Clip,
        Self::Clock,
        Self::Columns,
        Self::Cross,
        Self::Dash,
        Self::Device,
        Self::Document,
        Self::Done,
        Self::Dots,
        Self::Download,
        Self::Eye,
        Self::Globe,
        Self::Grid,
        Self::Half,
        Self::History,
        Self::Home,
        Self::Inbox,
        Self::Info,
        Self::Light,
        Self::List,
        Self::Lock,
        Self::Leave,
        Self::Menu,
        Self::Next,
        Self::Outside,
        Self::Pen,
        Self::People,
        Self::Phone,
        Self::Print,
        Self::Return,
        Self::Search,
        Self::Software,
        Self::Speech,
        Self::System,
        Self::Takeout,
        Self::Tree,
        Self::Vendor,
        Self::Warn,
        Self::Wrench,
    ];

    /// The name used in templates.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Apply => "plus",
            Self::Back => "back",
            Self::Bell => "bell",
            Self::Book => "book",
            Self::Box => "media",
            Self::Calendar => "calendar",
            Self::Chart => "chart",
            Self::Check => "check",
            Self::Clip => "clip",
            Self::Clock => "clock",
            Self::Columns => "columns",
            Self::Cross => "cross",
            Self::Dash => "dash",
            Self::Device => "device",
            Self::Document => "document",
            Self::Done => "done",
            Self::Dots => "dots",
            Self::Download => "download",
            Self::Eye => "eye",
            Self::Globe => "globe",
            Self::Grid => "grid",
            Self::Half => "half",
            Self::History => "history",
            Self::Home => "home",
            Self::Inbox => "inbox",
            Self::Info => "info",
            Self::Light => "light",
            Self::List => "list",
            Self::Lock => "lock",
            Self::Leave => "leave",
            Self::Menu => "menu",
            Self::Next => "next",
            Self::Outside => "outside",
            Self::Pen => "pen",
            Self::People => "people",
            Self::Phone => "phone",
            Self::Print => "print",
            Self::Return => "return",
            Self::Search => "search",
            Self::Software => "software",
            Self::Speech => "speech",
            Self::System => "system",
            Self::Takeout => "takeout",
            Self::Tree => "tree",
            Self::Vendor => "vendor",
            Self::Warn => "warn",
            Self::Wrench => "wrench",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Account => r#"<circle cx="8" cy="15" r="4"/><path d="m11 12 8.5-8.5M16 7l3 3"/>"#,
            Self::Apply => r#"<path d="M12 5v14M5 12h14"/>"#,
            Self::Back => r#"<path d="m15 6-6 6 6 6"/>"#,
            Self::Bell => r#"<path d="M6 17V11a6 6 0 0 1 12 0v6l1.5 1.5h-15z"/><path d="M10 21h4"/>"#,
            Self::Book => {
                r#"<path d="M5 4h6a2 2 0 0 1 2 2v14a2 2 0 0 0-2-1.5H5z"/><path d="M19 4h-4a2 2 0 0 0-2 2v14a2 2 0 0 1 2-1.5h4z"/>"#
            }
            Self::Box => {
                r#"<rect x="7" y="9" width="10" height="12" rx="1.5"/><path d="M9 9V4h6v5M11 6.5h.01M13 6.5h.01"/>"#
            }
            Self::Calendar => {
                r#"<rect x="4" y="5.5" width="16" height="15" rx="1.5"/><path d="M4 10h16M8 3v4M16 3v4"/>"#
            }
            Self::Chart => r#"<path d="M4 4v16h16"/><path d="M8 16v-4M12.5 16V8M17 16v-6"/>"#,
            Self::Check => r#"<path d="m5 12.5 4.5 4.5L19 7"/>"#,
            Self::Clip => {
                r#"<path d="m19 11-7.5 7.5a4 4 0 0 1-5.7-5.7L13.5 5a2.7 2.7 0 0 1 3.8 3.8L10 16.3a1.3 1.3 0 0 1-1.9-1.9L14.5 8"/>"#
            }
            Self::Clock => r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.3l3.5 2"/>"#,
            Self::Columns => r#"<rect x="4" y="5" width="16" height="14" rx="1.5"/><path d="M9.3 5v14M14.7 5v14"/>"#,
            Self::Cross => r#"<path d="m6 6 12 12M18 6 6 18"/>"#,
            Self::Dash => r#"<path d="M6 12h12"/>"#,
            Self::Device => r#"<rect x="4" y="5" width="16" height="11" rx="1.5"/><path d="M2.5 20h19"/>"#,
            Self::Document => r#"<path d="M6 3h8l4 4v14H6z"/><path d="M14 3v4h4M9 12h6M9 16h6"/>"#,
            Self::Done => r#"<circle cx="12" cy="12" r="8.5"/><path d="m8 12.3 2.8 2.8L16 9.5"/>"#,
            Self::Dots => {
                r#"<circle cx="5" cy="12" r="1.4" fill="currentColor"/><circle cx="12" cy="12" r="1.4" fill="currentColor"/><circle cx="19" cy="12" r="1.4" fill="currentColor"/>"#
            }
            Self::Download => r#"<path d="M12 4v11M7 10.5l5 5 5-5M5 20h14"/>"#,
            Self::Eye => {
                r#"<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/><circle cx="12" cy="12" r="3"/>"#
            }
            Self::Globe => {
                r#"<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c3 3 3 14 0 17M12 3.5c-3 3-3 14 0 17"/>"#
            }
            Self::Grid => r#"<path d="M4 4h16v16H4zM4 9.3h16M4 14.7h16M9.3 4v16M14.7 4v16"/>"#,
            Self::Half => r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor"/>"#,
            Self::History => r#"<path d="M4 5v5h5"/><path d="M4.5 10a8 8 0 1 1-.5 4"/><path d="M12 8v4.3l3 1.8"/>"#,
            Self::Home => r#"<path d="M4 11 12 4l8 7"/><path d="M6 10v10h12V10"/><path d="M10 20v-6h4v6"/>"#,
            Self::Inbox => r#"<path d="M4 13 6.5 5h11L20 13v6H4z"/><path d="M4 13h5l1.5 2.5h3L15 13h5"/>"#,
            Self::Info => r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.7v.01"/>"#,
            Self::Light => {
                r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5v17M12 8l6-2.5M12 13l8.3-3M12 18l7-2.5"/>"#
            }
            Self::List => r#"<path d="M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01"/>"#,
            Self::Lock => r#"<rect x="5" y="11" width="14" height="9.5" rx="1.5"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>"#,
            Self::Leave => r#"<path d="M10 4H5v16h5"/><path d="M14 8l4 4-4 4M18 12H9"/>"#,
            Self::Menu => r#"<path d="M4 6.5h16M4 12h16M4 17.5h16"/>"#,
            Self::Next => r#"<path d="m9 6 6 6-6 6"/>"#,
            Self::Outside => r#"<path d="M13 5H5v14h14v-8"/><path d="M14 4h6v6M20 4l-9 9"/>"#,
            Self::Pen => r#"<path d="m5 16-1 4 4-1L19 8l-3-3z"/><path d="m14 7 3 3"/>"#,
            Self::People => {
                r#"<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 5.3a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.8"/>"#
            }
            Self::Phone => r#"<rect x="7" y="3" width="10" height="18" rx="2"/><path d="M11 18h2"/>"#,
            Self::Print => {
                r#"<path d="M7 8V3.5h10V8"/><rect x="3.5" y="8" width="17" height="9" rx="1.5"/><path d="M7 14h10v6.5H7z"/>"#
            }
            Self::Return => r#"<path d="M9 6 4 11l5 5"/><path d="M4 11h10a6 6 0 0 1 6 6v2"/>"#,
            Self::Search => r#"<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>"#,
            Self::Software => {
                r#"<rect x="4" y="4" width="7" height="7" rx="1"/><rect x="13" y="4" width="7" height="7" rx="1"/><rect x="4" y="13" width="7" height="7" rx="1"/><path d="M16.5 13.5v6M13.5 16.5h6"/>"#
            }
            Self::Speech => r#"<path d="M4 5h16v11H11l-4.5 4v-4H4z"/>"#,
            Self::System => {
                r#"<rect x="4" y="4" width="16" height="6.5" rx="1.5"/><rect x="4" y="13.5" width="16" height="6.5" rx="1.5"/><path d="M7.5 7.3h.01M7.5 16.8h.01"/>"#
            }
            Self::Takeout => r#"<rect x="4" y="8" width="16" height="12" rx="1.5"/><path d="M9 8V5h6v3M12 13v3"/>"#,
            Self::Tree => {
                r#"<rect x="9" y="3" width="6" height="5" rx="1"/><rect x="3" y="16" width="6" height="5" rx="1"/><rect x="15" y="16" width="6" height="5" rx="1"/><path d="M12 8v4M6 16v-4h12v4"/>"#
            }
            Self::Vendor => r#"<path d="M5 21V4h9v17M14 9h5v12M3 21h18M8 8h3M8 12h3M8 16h3"/>"#,
            Self::Warn => r#"<path d="M12 3.5 2.5 20h19z"/><path d="M12 10v4.5M12 17.3v.01"/>"#,
            Self::Wrench => r#"<path d="M14.5 6.5a4 4 0 0 0-5 5L4 17l3 3 5.5-5.5a4 4 0 0 0 5-5l-2.5 2.5-3-.5-.5-3z"/>"#,
        }
    }

    /// The drawing of this name; an unknown name draws nothing, and the template test finds it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|icon| icon.name() == name)
    }
}

impl fmt::Display for Icon {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, r#"<svg class="i" viewBox="0 0 24 24" aria-hidden="true">{}</svg>"#, self.path())
    }
}

// Only the literals above are ever written.
impl HtmlSafe for Icon {}
