-- The record of a password problem that came of 「自分ではない」 stays the one that came of it.

set role mamori_owner;

-- What was found stays; only the person answers, and once; the record that came of the answer is named once.
create or replace function sign_in_elsewhere_true() returns trigger language plpgsql as $$
begin
  if (new.id, new.person_id, new.found_at, new.source, new.agent, new.other_source, new.other_agent)
     is distinct from (old.id, old.person_id, old.found_at, old.source, old.agent, old.other_source, old.other_agent) then
    raise exception 'what was found stays as it is' using errcode = 'PT409';
  end if;
  if old.person_id is distinct from viewer_id() then
    raise exception 'in another name' using errcode = 'PT403';
  end if;
  if old.answer is not null and (new.answer, new.answered_at) is distinct from (old.answer, old.answered_at) then
    raise exception 'an answer stays as it is' using errcode = 'PT409';
  end if;
  if old.number <> '' and new.number <> old.number then
    raise exception 'the record of an answer stays the one that it is' using errcode = 'PT409';
  end if;
  return new;
end $$;

reset role;
