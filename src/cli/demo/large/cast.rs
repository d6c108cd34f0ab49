//! Who acts in the bulk of the large demo and on what: sections with their manager and clerks, administrators, systems with
//! their rights, read from the portal once its people are there.
use std::collections::HashMap;

use uuid::Uuid;

use crate::kernel::access::Tier;
use crate::kernel::app::App;
use crate::kernel::database::Role;
use crate::kernel::error::Result;

/// Somebody.
#[derive(Debug, Clone)]
pub struct Person {
    /// who
    pub id: Uuid,
    /// 姓 名
    pub name: String,
    /// よみ
    pub reading: String,
    /// 職員番号
    pub number: String,
    /// employed for good
    pub permanent: bool,
    /// their main post
    pub post: Uuid,
}

/// A section that has a manager.
#[derive(Debug)]
pub struct Section {
    /// which
    pub id: Uuid,
    /// its name
    pub name: String,
    /// who confirms
    pub manager: Person,
    /// its clerks
    pub clerks: Vec<Person>,
    /// one of those that the small demo has as well
    pub known: bool,
}

/// A right of a system.
#[derive(Debug, Clone)]
pub struct Right {
    /// which
    pub id: Uuid,
    /// 参照 …
    pub name: String,
    /// 職務の標準権限
    pub standard: bool,
    /// 特権
    pub privileged: bool,
    /// from the narrowest
    pub position: i32,
}

/// A system on which accounts are asked for.
#[derive(Debug)]
pub struct System {
    /// which
    pub id: Uuid,
    /// its name
    pub name: String,
    /// its rights, the narrowest first
    pub rights: Vec<Right>,
}

/// All of them.
#[derive(Debug)]
pub struct Cast {
    /// sections in the order of their codes
    pub sections: Vec<Section>,
    /// those who carry out
    pub administrators: Vec<Person>,
    /// where the first of them sits
    pub desk: String,
    /// what accounts are asked for on, the portal itself left out
    pub systems: Vec<System>,
}

impl Cast {
    /// Reads them; `known` are the codes of the sections that the small demo has.
    pub async fn read(app: &App, known: &[&str]) -> Result<Self> {
        let mut read = app.read_all(Role::App).await?;
        let rows = sqlx::query!(
            r#"select n.id, concat_ws(' ', n.family_name, n.given_name) as "name!", n.reading, n.employee_no, n.employment,
                      p.id as post, p.tier, d.id as section, d.name as section_name, d.code
                 from person n
                 join post p on p.person_id = n.id and p.main
                 join department d on d.id = p.department_id
                where n.owner_person is null
                order by d.code, n.employee_no"#
        )
        .fetch_all(read.conn())
        .await?;
        let mut managers: HashMap<Uuid, Person> = HashMap::new();
        let mut sections: Vec<(Uuid, String, bool, Vec<Person>)> = Vec::new();
        let (mut administrators, mut desk) = (Vec::new(), String::new());
        for row in rows {
            let person = Person {
                id: row.id,
                name: row.name,
                reading: row.reading,
                number: row.employee_no,
                permanent: row.employment == "permanent",
                post: row.post,
            };
            if sections.last().is_none_or(|(id, ..)| *id != row.section) {
                sections.push((row.section, row.section_name.clone(), known.contains(&row.code.as_str()), Vec::new()));
            }
            match Tier::from_key(&row.tier) {
                Some(Tier::Manager) => drop(managers.entry(row.section).or_insert(person)),
                Some(Tier::Sysadmin) => {
                    desk = if desk.is_empty() { row.section_name } else { desk };
                    administrators.push(person);
                }
                Some(Tier::Staff) => sections.last_mut().into_iter().for_each(|section| section.3.push(person.clone())),
                _ => {}
            }
        }
        let sections = sections.into_iter().filter_map(|(id, name, known, clerks)| {
            let manager = managers.remove(&id)?;
            (clerks.len() > 1).then_some(Section { id, name, manager, clerks, known })
        });
        let sections = sections.collect();
        Ok(Self { sections, administrators, desk, systems: systems(&mut read).await? })
    }
}

async fn systems(read: &mut crate::kernel::app::Read) -> Result<Vec<System>> {
    let rows = sqlx::query!(
        r#"select s.id as "system!", s.name as "system_name!", r.id as "id!", r.name as "name!", r.standard as "standard!",
                  r.privileged as "privileged!", r.position as "position!"
             from systems_pub s
             join system_rights_pub r on r.system_id = s.id
            where not s.is_portal and s.retired_on is null and r.withdrawn_on is null
            order by s.code, r.position, r.id"#
    )
    .fetch_all(read.conn())
    .await?;
    let mut systems: Vec<System> = Vec::new();
    for row in rows {
        if systems.last().is_none_or(|system| system.id != row.system) {
            systems.push(System { id: row.system, name: row.system_name, rights: Vec::new() });
        }
        let right = Right {
            id: row.id,
            name: row.name,
            standard: row.standard,
            privileged: row.privileged,
            position: row.position,
        };
        systems.last_mut().into_iter().for_each(|system| system.rights.push(right.clone()));
    }
    Ok(systems)
}
