-- Prepared drafts (下書き): a form filled in for somebody else who files it in their own name, or kept for later by oneself.
-- It belongs to the two of them alone: nobody else sees it, whatever their reach. It is checked when it is filed, not before.

set role mamori_owner;

create table prepared_draft (
  id uuid primary key,
  kind text not null check (kind <> ''),
  -- nobody: the portal itself prepared it, and says why
  prepared_by uuid references person (id),
  recipient_id uuid not null references person (id),
  -- what was typed, as pairs; whom it is about as far as it is known
  typed jsonb not null check (jsonb_typeof(typed) = 'array'),
  about text not null default '',
  note text not null default '',
  -- the message that says why the portal prepared it, and the occasion, so that it is prepared once
  why text not null default '',
  occasion text unique,
  state text not null default 'open' check (state in ('open', 'filed', 'returned', 'discarded', 'taken_back', 'expired')),
  reason text not null default '',
  prepared_at timestamptz not null,
  expires_on date not null,
  closed_at timestamptz,
  request_id uuid unique references request (id),
  version int not null default 1,
  check ((state = 'open') = (closed_at is null)),
  check ((state = 'filed') = (request_id is not null)),
  check (state not in ('returned') or reason <> ''),
  check ((prepared_by is null) = (why <> ''))
);
create index prepared_draft_recipient on prepared_draft (recipient_id, prepared_at desc) where state = 'open';
create index prepared_draft_preparer on prepared_draft (prepared_by, prepared_at desc);
create index prepared_draft_expiry on prepared_draft (expires_on) where state = 'open';

-- What has come to its end stays as it is.
create function prepared_draft_kept() returns trigger language plpgsql as $$
begin
  if old.state <> 'open' or new.id <> old.id or new.kind <> old.kind or new.recipient_id <> old.recipient_id
     or new.prepared_by is distinct from old.prepared_by or new.prepared_at <> old.prepared_at then
    raise exception 'a draft that has ended stays as it is' using errcode = 'PT409';
  end if;
  new.version := old.version + 1;
  return new;
end $$;
create trigger kept before update on prepared_draft for each row execute function prepared_draft_kept();

-- Who prepared a request, for whoever reads it: a name, and nothing of the draft.
create function preparer_of_request(request uuid) returns uuid language sql stable security definer set search_path = public, pg_temp as $$
  select d.prepared_by from prepared_draft d where viewer_known() and d.request_id = $1 and d.prepared_by is distinct from d.recipient_id
$$;
revoke all on function preparer_of_request(uuid), prepared_draft_kept() from public;
grant execute on function preparer_of_request(uuid) to mamori_app, mamori_worker;

grant select, insert on prepared_draft to mamori_app, mamori_worker;
grant update (typed, about, note, state, reason, expires_on, closed_at, request_id, version) on prepared_draft to mamori_app, mamori_worker;

alter table prepared_draft enable row level security;
create policy look on prepared_draft for select to mamori_app
  using (recipient_id = (select viewer_id()) or prepared_by = (select viewer_id()));
create policy put on prepared_draft for insert to mamori_app with check (prepared_by = (select viewer_id()));
create policy move on prepared_draft for update to mamori_app
  using (recipient_id = (select viewer_id()) or prepared_by = (select viewer_id()))
  with check (recipient_id = (select viewer_id()) or prepared_by = (select viewer_id()));
-- the portal prepares and lets expire
create policy portal on prepared_draft to mamori_worker using ((select viewer_all())) with check ((select viewer_all()));

select put_under_seal('prepared_draft', '{id}', '{version}');

reset role;
