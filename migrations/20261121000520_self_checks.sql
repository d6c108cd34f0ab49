-- The page of values asks for the last self-check of each setting (設定の自己点検; システム管理規程 4.1.5, 5(3)).

set role mamori_owner;

create index evidence_checks on evidence (mechanism, occurred_at desc, event_id desc) where kind = 'setting.checked';

reset role;
