-- What the processes need to run, to be accountable, and to tell others: keys, audit, events, processes, links.

create sequence encryption_key_versions as integer;
create table encryption_keys (
  version      integer primary key default nextval('encryption_key_versions'),
  purpose      text not null check (purpose in ('access', 'pepper', 'audit', 'refresh', 'session')),
  status       text not null check (status in ('pending', 'primary', 'decrypt_only', 'destroyed')),
  wrapped_key  bytea,
  wrapped_by   text not null,
  created_at   timestamptz not null default otobot_now(),
  promoted_at  timestamptz,
  retired_at   timestamptz,
  destroyed_at timestamptz,
  check ((status = 'destroyed') = (wrapped_key is null))
);
comment on table encryption_keys is
  'The data keys, wrapped by a root derived from ENCRYPTION_MASTER_KEY. One sequence of versions over all purposes, so a version names one key.';
create unique index encryption_keys_primary on encryption_keys (purpose) where status = 'primary';

create table access_keys (
  id              text primary key,
  organization_id uuid not null references organizations on delete cascade,
  name            text not null,
  environment     text not null check (environment in ('live', 'test')),
  scopes          text[] not null,
  client_ids      text[],
  services        text[],
  limits          jsonb not null default '{}',
  hint            text not null,
  secret_hash     bytea not null,
  row_mac         bytea not null,
  pepper_version  integer not null,
  expires_at      timestamptz,
  revoked_at      timestamptz,
  revoked_reason  text,
  created_by      text,
  created_at      timestamptz not null default otobot_now()
);
comment on table access_keys is
  'What n8n and other programs present. Only a hash of the secret is here, and row_mac covers all that grants power: a row that was forged, widened or un-revoked by SQL is refused.';
create index access_keys_by_organization on access_keys (organization_id, created_at);

create table access_key_usage (
  key_id       text primary key references access_keys on delete cascade,
  last_used_at timestamptz,
  last_used_ip text,
  day          date,
  day_count    bigint not null default 0,
  month        date,
  month_count  bigint not null default 0
);
comment on table access_key_usage is 'Counters of access keys, apart from them: using a key must not move policy_version.';

create table audit (
  occurred_at     timestamptz not null,
  process_id      uuid not null,
  sequence        bigint not null,
  organization_id uuid,
  action          text not null,
  code            text not null,
  actor           text not null,
  client_id       text,
  service         text,
  connection_id   uuid,
  generation      integer,
  address         text,
  user_agent      text,
  request_id      text,
  workflow_id     text,
  execution_id    text,
  detail          jsonb
) partition by range (occurred_at);
comment on table audit is
  'Who did what, committed before the answer leaves. process_id is new at every start and sequence counts within it, so a batch of unknown outcome can be sent again.';
create index audit_by_organization on audit (organization_id, occurred_at desc);
create index audit_by_connection on audit (connection_id, occurred_at desc) where connection_id is not null;
create index audit_by_process on audit (process_id, sequence);

create table audit_seals (
  id          bigint generated always as identity primary key,
  sealed_at   timestamptz not null default otobot_now(),
  rows_sealed bigint not null,
  head        bytea not null,
  key_version integer not null references encryption_keys
);
comment on table audit_seals is 'One global HMAC chain over the audit, so that a deleted, altered or inserted row is found.';

create table outbox (
  id              bigint generated always as identity primary key,
  organization_id uuid references organizations on delete cascade,
  type            text not null,
  client_id       text,
  service         text,
  connection_id   uuid,
  data            jsonb not null default '{}',
  created_at      timestamptz not null default otobot_now(),
  dispatched_at   timestamptz
);
comment on table outbox is 'Events, written in the transaction of the change that they tell of; dispatched afterwards.';
create index outbox_waiting on outbox (id) where dispatched_at is null;

create sequence worker_numbers as integer cycle;
create table processes (
  id            uuid primary key,
  role          text not null check (role in ('serve', 'refresh')),
  worker_number integer,
  host          text not null,
  pid           integer not null,
  version       text not null,
  key_versions  integer[] not null,
  spool_depth   integer not null default 0,
  started_at    timestamptz not null default otobot_now(),
  seen_at       timestamptz not null default otobot_now()
);
comment on table processes is
  'A row per running process, with the keys it holds. A worker also holds an advisory lock with its number on a session of its own, so that its death is known at once.';

create table connect_links (
  id              uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organizations on delete cascade,
  client_id       text not null,
  service         text not null,
  name            text not null default 'default',
  scopes          text,
  token_hash      bytea not null unique,
  return_url      text,
  connection_id   uuid references connections on delete cascade,
  generation      integer,
  expires_at      timestamptz not null,
  used_at         timestamptz,
  revoked_at      timestamptz,
  created_by      text not null,
  created_at      timestamptz not null default otobot_now(),
  foreign key (organization_id, client_id) references clients on delete cascade
);
comment on table connect_links is 'A link by which a client hands over an account; stored hashed, used up only when a connection is stored.';

create table flows (
  state_hash           bytea primary key,
  organization_id      uuid not null references organizations on delete cascade,
  link_id              uuid not null references connect_links on delete cascade,
  app_id               uuid not null references apps on delete cascade,
  browser_hash         bytea not null,
  verifier_sealed      bytea not null,
  verifier_key_version integer not null,
  expires_at           timestamptz not null,
  used_at              timestamptz,
  created_at           timestamptz not null default otobot_now()
);
comment on table flows is 'One attempt at an authorization: the state, bound to a browser, with its sealed PKCE verifier; ten minutes, single use.';

-- Daily partitions. The default partition catches what no day was made for (a moved clock), so that an insert never fails for it.
create table audit_default partition of audit default;
create table refresh_attempts_default partition of refresh_attempts default;

create function otobot_make_partitions(days_ahead integer) returns void
language plpgsql security definer set search_path = pg_catalog, public
as $$
declare
  parent text;
  day date;
begin
  foreach parent in array array['audit', 'refresh_attempts'] loop
    for offset_days in 0..days_ahead loop
      day := (public.otobot_now() at time zone 'UTC')::date + offset_days;
      if to_regclass(format('public.%I', parent || to_char(day, '_YYYYMMDD'))) is null then
        begin
          execute format('create table public.%I partition of public.%I for values from (%L) to (%L)',
            parent || to_char(day, '_YYYYMMDD'), parent, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
        exception
          -- another process was faster, or rows of that day already stand in the default partition, where they may stay
          when duplicate_table or check_violation then null;
        end;
      end if;
    end loop;
  end loop;
end $$;
select otobot_make_partitions(2);
