-- 添付: files of a request. A file waits with the one who uploaded it (or with the draft that names it) until the request is filed, and
-- from then on stays as it is: what was decided names its digest. Kept in the database, so that it is saved and restored with the
-- request, and so that several portals on one database have it.

set role mamori_owner;

create table attachment (
  id uuid primary key,
  kind text not null check (kind <> ''),
  field text not null check (field <> ''),
  uploaded_by uuid not null references person (id),
  uploaded_at timestamptz not null,
  -- cleaned, with the ending of what it is
  name text not null check (name <> '' and char_length(name) <= 120 and name !~ '[[:cntrl:]/\\]'),
  -- what its content was found to be
  media text not null check (media in ('pdf', 'png', 'jpeg', 'xlsx', 'docx', 'pptx', 'csv', 'text', 'mail')),
  size bigint not null check (size > 0),
  digest bytea not null check (octet_length(digest) = 32),
  draft_id uuid references prepared_draft (id),
  request_id uuid references request (id)
);
create index attachment_waiting on attachment (uploaded_by) where request_id is null;
create index attachment_draft on attachment (draft_id) where draft_id is not null;
create index attachment_request on attachment (request_id) where request_id is not null;

create table attachment_content (
  attachment_id uuid primary key references attachment (id) on delete cascade,
  content bytea not null
);
-- what is packed already is not packed again
alter table attachment_content alter column content set storage external;

-- What was uploaded stays what it is; once it belongs to a request it neither leaves it nor goes.
create function attachment_kept() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.request_id is not null then
      raise exception 'a file of a request stays with it' using errcode = 'PT409';
    end if;
    return old;
  end if;
  if old.request_id is not null
     or (new.id, new.kind, new.field, new.uploaded_by, new.uploaded_at, new.name, new.media, new.size, new.digest)
        is distinct from (old.id, old.kind, old.field, old.uploaded_by, old.uploaded_at, old.name, old.media, old.size, old.digest) then
    raise exception 'a file stays as it was uploaded' using errcode = 'PT409';
  end if;
  return new;
end $$;
create trigger kept before update or delete on attachment for each row execute function attachment_kept();

-- The content is the one that was announced.
create function attachment_content_fits() returns trigger language plpgsql as $$
begin
  if not exists (select from attachment a
                  where a.id = new.attachment_id and a.digest = sha256(new.content) and a.size = octet_length(new.content)) then
    raise exception 'not the content that was announced' using errcode = 'PT409';
  end if;
  return new;
end $$;
create trigger fits before insert on attachment_content for each row execute function attachment_content_fits();
revoke all on function attachment_kept(), attachment_content_fits() from public;

grant select, insert on attachment to mamori_app;
grant update (draft_id, request_id) on attachment to mamori_app;
grant select, delete on attachment to mamori_worker;
grant select, insert on attachment_content to mamori_app;

alter table attachment enable row level security;
alter table attachment_content enable row level security;
-- until it is filed it is seen by whoever uploaded it and by the two whose draft names it, whatever the reach of others; then with
-- its request
create policy look on attachment for select to mamori_app using (
  case when request_id is null
       then uploaded_by = (select viewer_id()) or exists (select from prepared_draft d where d.id = draft_id)
       else exists (select from request r where r.id = request_id) end);
create policy put on attachment for insert to mamori_app with check (
  uploaded_by = (select viewer_id()) and draft_id is null and request_id is null);
create policy move on attachment for update to mamori_app
  using (request_id is null and (uploaded_by = (select viewer_id()) or exists (select from prepared_draft d where d.id = draft_id)))
  with check (uploaded_by = (select viewer_id()) or exists (select from prepared_draft d where d.id = draft_id)
              or exists (select from request r where r.id = request_id));
create policy sweep on attachment to mamori_worker using ((select viewer_all()));
create policy with_attachment on attachment_content for select to mamori_app
  using (exists (select from attachment a where a.id = attachment_id));
create policy put on attachment_content for insert to mamori_app
  with check (exists (select from attachment a
                       where a.id = attachment_id and a.uploaded_by = (select viewer_id()) and a.request_id is null));

select put_under_seal('attachment', '{id}');

reset role;
