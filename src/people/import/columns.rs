//! Which column of somebody's list is which: the names that Japanese personnel systems give their columns, and the choice
//! of the one who knows the list where names do not say it.
use serde::{Deserialize, Serialize};

use crate::kernel::sheets::Row;
use crate::kernel::text;

/// What a list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Kind {
    /// 職員名簿
    People,
    /// 部署の一覧
    Departments,
}

impl Kind {
    /// The neutral key.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Departments => "departments",
        }
    }

    /// The kind with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::People, Self::Departments].into_iter().find(|kind| kind.key() == key)
    }

    /// What a column of such a list may be.
    #[must_use]
    pub fn columns(self) -> &'static [Column] {
        use Column as C;
        match self {
            Self::People => &[
                C::Number,
                C::FullName,
                C::FamilyName,
                C::GivenName,
                C::Reading,
                C::FamilyReading,
                C::GivenReading,
                C::DepartmentCode,
                C::DepartmentName,
                C::Title,
                C::Employment,
                C::JoinedOn,
                C::LeftOn,
                C::Mail,
            ],
            Self::Departments => &[C::Code, C::Name, C::Reading, C::ParentCode],
        }
    }
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// 職員番号
    Number,
    /// 氏名
    FullName,
    /// 姓
    FamilyName,
    /// 名
    GivenName,
    /// フリガナ
    Reading,
    /// セイ
    FamilyReading,
    /// メイ
    GivenReading,
    /// 所属コード
    DepartmentCode,
    /// 所属名
    DepartmentName,
    /// 役職
    Title,
    /// 雇用区分
    Employment,
    /// 採用年月日
    JoinedOn,
    /// 退職年月日
    LeftOn,
    /// メールアドレス
    Mail,
    /// 部署コード
    Code,
    /// 部署名
    Name,
    /// 上位の部署コード
    ParentCode,
}

impl Column {
    /// The neutral key, in forms and in the catalogue (`import-column-…`).
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::FullName => "full_name",
            Self::FamilyName => "family_name",
            Self::GivenName => "given_name",
            Self::Reading => "reading",
            Self::FamilyReading => "family_reading",
            Self::GivenReading => "given_reading",
            Self::DepartmentCode => "department_code",
            Self::DepartmentName => "department_name",
            Self::Title => "title",
            Self::Employment => "employment",
            Self::JoinedOn => "joined_on",
            Self::LeftOn => "left_on",
            Self::Mail => "mail",
            Self::Code => "code",
            Self::Name => "name",
            Self::ParentCode => "parent_code",
        }
    }

    /// What personnel systems call it: without spaces, brackets and marks, small letters.
    fn names(self, kind: Kind) -> &'static [&'static str] {
        match (self, kind) {
            (Self::Number, _) => &[
                "職員番号",
                "職員コード",
                "職員no",
                "職員id",
                "社員番号",
                "社員コード",
                "社員no",
                "社員id",
                "従業員番号",
                "従業員コード",
                "従業員no",
                "職番",
                "employeeno",
                "employeenumber",
                "employeeid",
            ],
            (Self::FullName, _) => &[
                "氏名",
                "名前",
                "職員氏名",
                "社員氏名",
                "従業員氏名",
                "職員名",
                "社員名",
                "従業員名",
                "氏名漢字",
                "漢字氏名",
                "fullname",
                "name",
            ],
            (Self::FamilyName, _) => {
                &["姓", "氏", "苗字", "名字", "姓漢字", "漢字姓", "氏名姓", "lastname", "familyname"]
            }
            (Self::GivenName, _) => &["名", "名漢字", "漢字名", "氏名名", "firstname", "givenname"],
            (Self::Reading, Kind::People) => &[
                "フリガナ",
                "ふりがな",
                "よみ",
                "ヨミ",
                "読み",
                "よみがな",
                "ヨミガナ",
                "読み仮名",
                "カナ",
                "カナ氏名",
                "氏名カナ",
                "氏名かな",
                "氏名フリガナ",
                "氏名ふりがな",
                "氏名よみ",
                "氏名ヨミ",
                "カナ名",
                "reading",
                "kana",
            ],
            (Self::FamilyReading, _) => &[
                "セイ",
                "せい",
                "姓カナ",
                "姓かな",
                "姓フリガナ",
                "姓ふりがな",
                "姓よみ",
                "姓ヨミ",
                "カナ姓",
                "フリガナ姓",
                "氏カナ",
            ],
            (Self::GivenReading, _) => {
                &["メイ", "めい", "名カナ", "名かな", "名フリガナ", "名ふりがな", "名よみ", "名ヨミ", "フリガナ名"]
            }
            (Self::DepartmentCode, _) => &[
                "所属コード",
                "所属cd",
                "所属部署コード",
                "部署コード",
                "部署cd",
                "部門コード",
                "部門cd",
                "組織コード",
                "課コード",
                "departmentcode",
            ],
            (Self::DepartmentName, _) => &[
                "所属",
                "所属名",
                "所属名称",
                "所属部署",
                "所属部署名",
                "部署",
                "部署名",
                "部署名称",
                "部門",
                "部門名",
                "組織名",
                "課名",
                "department",
                "departmentname",
            ],
            (Self::Title, _) => &["役職", "役職名", "職名", "職位", "職", "補職", "補職名", "title", "jobtitle"],
            (Self::Employment, _) => &[
                "雇用区分",
                "雇用形態",
                "雇用種別",
                "職員区分",
                "社員区分",
                "従業員区分",
                "任用区分",
                "勤務区分",
                "employment",
                "employmenttype",
            ],
            (Self::JoinedOn, _) => &[
                "採用年月日",
                "採用日",
                "入社年月日",
                "入社日",
                "入職年月日",
                "入職日",
                "任用年月日",
                "雇用開始日",
                "契約開始日",
                "hiredate",
                "joinedon",
            ],
            (Self::LeftOn, _) => &[
                "退職年月日",
                "退職日",
                "退職予定日",
                "退社年月日",
                "退社日",
                "離職日",
                "任期満了日",
                "契約終了日",
                "契約満了日",
                "雇用終了日",
                "lefton",
                "enddate",
            ],
            (Self::Mail, _) => {
                &["メール", "メールアドレス", "eメール", "電子メール", "email", "mail", "mailaddress", "emailaddress"]
            }
            (Self::Code, _) => &[
                "部署コード",
                "部署cd",
                "所属コード",
                "所属cd",
                "部門コード",
                "部門cd",
                "組織コード",
                "組織cd",
                "課コード",
                "コード",
                "code",
                "departmentcode",
            ],
            (Self::Name, _) => &[
                "部署名",
                "部署名称",
                "部署",
                "所属名",
                "所属名称",
                "所属",
                "部門名",
                "部門",
                "組織名",
                "組織名称",
                "名称",
                "課名",
                "name",
                "departmentname",
            ],
            (Self::Reading, Kind::Departments) => &[
                "フリガナ",
                "ふりがな",
                "よみ",
                "ヨミ",
                "読み",
                "よみがな",
                "カナ",
                "部署名カナ",
                "部署カナ",
                "部署名よみ",
                "所属名カナ",
                "名称カナ",
                "reading",
            ],
            (Self::ParentCode, _) => &[
                "上位部署コード",
                "上位コード",
                "上位所属コード",
                "上位組織コード",
                "上位部門コード",
                "親コード",
                "親部署コード",
                "上位部署",
                "上位の部署コード",
                "上位の部署",
                "parentcode",
                "parent",
            ],
        }
    }

    /// The column of this key, among those of a kind.
    #[must_use]
    pub fn from_key(kind: Kind, key: &str) -> Option<Self> {
        kind.columns().iter().copied().find(|column| column.key() == key)
    }

    fn from_head(kind: Kind, head: &str) -> Option<Self> {
        let head = plain(head);
        if head.is_empty() {
            return None;
        }
        kind.columns().iter().copied().find(|column| column.names(kind).iter().any(|name| plain(name) == head))
    }
}

/// A column's head without what systems put around it (※, 必須, brackets, spaces).
fn plain(head: &str) -> String {
    let head = text::normalise(head).to_lowercase().replace("必須", "").replace("任意", "");
    head.chars().filter(|c| c.is_alphanumeric() || *c == 'ー').collect()
}

/// Which row holds the heads, and what stands in each column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// the row of the heads; data begins below it
    pub head: u32,
    /// column by column, from A; nothing where a column is not taken over
    pub columns: Vec<Option<Column>>,
}

/// Heads may stand below a title and a date of print.
const LOOKED_AT: usize = 10;

impl Mapping {
    /// Reads the heads. `false`: somebody has to look, for a column that is needed was not recognised, or two look alike.
    #[must_use]
    pub fn guess(kind: Kind, rows: &[Row]) -> (Self, bool) {
        let known = |row: &Row| row.cells.iter().filter(|cell| Column::from_head(kind, cell).is_some()).count();
        // of equals the first
        let heads = rows.iter().take(LOOKED_AT).rev().max_by_key(|row| known(row));
        let Some(heads) = heads else { return (Self { head: 1, columns: Vec::new() }, false) };
        let mut twice = false;
        let mut columns: Vec<Option<Column>> = Vec::new();
        for cell in &heads.cells {
            let column = Column::from_head(kind, cell);
            let taken = column.is_some() && columns.contains(&column);
            twice |= taken;
            columns.push(column.filter(|_| !taken));
        }
        let mapping = Self { head: heads.no, columns };
        let sure = !twice && mapping.missing(kind).is_empty();
        (mapping, sure)
    }

    /// Where this column stands.
    #[must_use]
    pub fn at(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|found| *found == Some(column))
    }

    /// The columns without which nothing can be taken over.
    #[must_use]
    pub fn missing(&self, kind: Kind) -> Vec<Column> {
        let either = |columns: &[Column]| {
            let there = columns.iter().any(|column| self.at(*column).is_some());
            columns.first().copied().filter(|_| !there)
        };
        let wanted: &[&[Column]] = match kind {
            Kind::People => &[
                &[Column::Number],
                &[Column::FullName, Column::FamilyName],
                &[Column::Reading, Column::FamilyReading],
                &[Column::DepartmentCode, Column::DepartmentName],
            ],
            Kind::Departments => &[&[Column::Code], &[Column::Name]],
        };
        wanted.iter().filter_map(|columns| either(columns)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(heads: &[&str]) -> Vec<Row> {
        vec![Row { no: 1, cells: heads.iter().map(|head| (*head).to_owned()).collect() }]
    }

    #[test]
    fn heads_are_recognised_however_they_are_written() {
        let (mapping, sure) = Mapping::guess(
            Kind::People,
            &rows(&["※社員ＮＯ．", "氏　名", "氏名（カナ）", "所属コード", "所属名称", "役職", "E-mail", "備考"]),
        );
        use Column as C;
        assert!(sure);
        assert_eq!(
            mapping.columns,
            [
                Some(C::Number),
                Some(C::FullName),
                Some(C::Reading),
                Some(C::DepartmentCode),
                Some(C::DepartmentName),
                Some(C::Title),
                Some(C::Mail),
                None
            ]
        );
    }

    #[test]
    fn heads_below_a_title_are_found() {
        let mut all = vec![Row { no: 1, cells: vec!["職員名簿".to_owned()] }];
        all.extend(rows(&["職員番号", "姓", "名", "セイ", "メイ", "所属"]));
        all[1].no = 3;
        let (mapping, sure) = Mapping::guess(Kind::People, &all);
        assert_eq!((mapping.head, sure), (3, true));
    }

    #[test]
    fn what_names_do_not_say_is_asked() {
        let (mapping, sure) = Mapping::guess(Kind::People, &rows(&["番号", "氏名", "よみ", "所属"]));
        assert_eq!((mapping.missing(Kind::People), sure), (vec![Column::Number], false));
        let (_, sure) = Mapping::guess(Kind::People, &rows(&["職員番号", "社員番号", "氏名", "よみ", "所属"]));
        assert!(!sure, "two columns look alike");
    }

    #[test]
    fn a_list_of_departments_has_columns_of_its_own() {
        let (mapping, sure) =
            Mapping::guess(Kind::Departments, &rows(&["部署コード", "部署名", "よみ", "上位部署コード"]));
        assert!(sure);
        assert_eq!(mapping.at(Column::ParentCode), Some(3));
    }
}
