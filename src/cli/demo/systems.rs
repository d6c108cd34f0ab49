//! The demo company's information systems with the rights that each offers.
use crate::features::systems::actions::register;
use crate::features::systems::model::{Facts, Importance, Level, RightNames};
use crate::kernel::access::Actor;
use crate::kernel::app::App;
use crate::kernel::error::Result;
use crate::kernel::ids::SystemId;
use crate::kernel::work::Work;

use super::company::Company;

/// One system: code, name, reading, purpose, owner's code, importance, two factors, rights from narrow to wide.
type Line = (&'static str, &'static str, &'static str, &'static str, &'static str, Importance, bool, [&'static str; 3]);

const SYSTEMS: [Line; 13] = [
    (
        "SYS-001",
        "Mamori（情報セキュリティ管理ポータル）",
        "まもり",
        "申請・台帳・点検の記録",
        "1900",
        Importance::High,
        false,
        ["利用者", "部門管理", "運用管理"],
    ),
    (
        "SYS-002",
        "基幹販売管理システム",
        "きかんはんばいかんりしすてむ",
        "受注・出荷・請求",
        "1400",
        Importance::High,
        true,
        ["参照", "参照と更新", "管理者"],
    ),
    (
        "SYS-003",
        "財務会計システム",
        "ざいむかいけいしすてむ",
        "仕訳・決算・支払",
        "1300",
        Importance::High,
        true,
        ["参照", "伝票の起票", "承認と締め"],
    ),
    (
        "SYS-004",
        "人事給与システム",
        "じんじきゅうよしすてむ",
        "人事情報・給与計算",
        "1210",
        Importance::High,
        true,
        ["本人の参照", "人事担当", "管理者"],
    ),
    (
        "SYS-005",
        "勤怠管理システム",
        "きんたいかんりしすてむ",
        "打刻・休暇の申請",
        "1210",
        Importance::Middle,
        false,
        ["打刻と申請", "所属の承認", "管理者"],
    ),
    (
        "SYS-006",
        "グループウェア",
        "ぐるーぷうぇあ",
        "メール・予定・掲示",
        "1900",
        Importance::Middle,
        false,
        ["一般", "掲示の編集", "管理者"],
    ),
    (
        "SYS-007",
        "ファイルサーバ（部門共有）",
        "ふぁいるさーば",
        "部門の文書の共有",
        "1900",
        Importance::High,
        false,
        ["参照", "参照と更新", "管理者"],
    ),
    (
        "SYS-008",
        "購買管理システム",
        "こうばいかんりしすてむ",
        "見積・発注・検収",
        "1500",
        Importance::Middle,
        false,
        ["参照", "発注", "単価の管理"],
    ),
    (
        "SYS-009",
        "品質記録システム",
        "ひんしつきろくしすてむ",
        "検査成績と不適合の記録",
        "1600",
        Importance::Middle,
        false,
        ["参照", "記録", "管理者"],
    ),
    (
        "SYS-010",
        "設計図面管理システム",
        "せっけいずめんかんりしすてむ",
        "図面・部品表の版管理",
        "1710",
        Importance::High,
        true,
        ["参照", "登録と改訂", "管理者"],
    ),
    (
        "SYS-011",
        "倉庫管理システム",
        "そうこかんりしすてむ",
        "入出庫・在庫",
        "1800",
        Importance::Middle,
        false,
        ["参照", "入出庫", "管理者"],
    ),
    (
        "SYS-012",
        "顧客管理システム",
        "こきゃくかんりしすてむ",
        "取引先・商談の記録",
        "1400",
        Importance::High,
        true,
        ["担当先の参照", "担当先の更新", "全件の管理"],
    ),
    (
        "SYS-013",
        "リモート接続（VPN）",
        "りもーとせつぞく",
        "社外からの接続",
        "1900",
        Importance::High,
        true,
        ["標準の接続先", "開発網", "保守"],
    ),
];

/// Registers the systems; the first is the portal itself.
pub async fn register_all(app: &App, company: &Company) -> Result<Vec<SystemId>> {
    app.change(&Actor::portal(), async |work: &mut Work| {
        let mut made = Vec::with_capacity(SYSTEMS.len());
        for (at, (code, name, reading, purpose, owner, importance, two_factor, rights)) in
            SYSTEMS.into_iter().enumerate()
        {
            let Some(owner) = company.coded(owner) else { continue };
            let facts = Facts {
                code: code.to_owned(),
                name: name.to_owned(),
                reading: reading.to_owned(),
                purpose: purpose.to_owned(),
                owner,
                importance,
                two_factor,
            };
            let levels = [Level::Standard, Level::Beyond, Level::Privileged];
            let rights =
                RightNames(levels.into_iter().zip(rights).map(|(level, name)| (level, name.to_owned())).collect());
            let id = SystemId::new(work.now);
            made.push(register(work, id, &facts, &rights, at == 0).await?);
        }
        Ok(made)
    })
    .await
}
