-- A client's credential for a service, its generations of tokens, and every attempt to refresh them.

create table connections (
  id                  uuid primary key default gen_random_uuid(),
  organization_id     uuid not null references organizations on delete cascade,
  client_id           text,
  service             text not null,
  name                text not null default 'default' check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  kind                text not null check (kind in ('oauth2', 'client_credentials', 'api_key', 'basic', 'long_lived')),
  app_id              uuid references apps on delete set null,
  version             bigint not null default 1,
  generation          integer not null default 0,
  status              text not null default 'active'
                      check (status in ('active', 'backoff', 'uncertain', 'reauth_required', 'disabled')),
  status_reason       text,
  -- The refresher's state. While an attempt is in flight next_refresh_at is null, so nobody can claim the row twice.
  next_refresh_at     timestamptz,
  wanted_at           timestamptz,
  attempt_id          uuid,
  lease_until         timestamptz,
  last_attempt_at     timestamptz,
  failure_count       integer not null default 0,
  failing_since       timestamptz,
  uncertain_since     timestamptz,
  not_before_at       timestamptz,
  last_error_code     text,
  permanent_code      text,
  last_refreshed_at   timestamptz,
  rejected_at         timestamptz,
  rejected_count      integer not null default 0,
  -- The ends that a refresh does not move, where known.
  refresh_expires_at  timestamptz,
  idle_expires_at     timestamptz,
  absolute_expires_at timestamptz,
  account_id          text,
  account_label       text,
  metadata            jsonb not null default '{}',
  created_at          timestamptz not null default otobot_now(),
  updated_at          timestamptz not null default otobot_now(),
  unique nulls not distinct (organization_id, client_id, service, name),
  foreign key (organization_id, client_id) references clients on delete cascade
);
comment on table connections is
  'A client''s credential for a service; without a client it is the organization''s own. version moves with every token set, status or hold (see 0005): a read decided on an older version is not released.';
comment on column connections.permanent_code is
  'A permanent refusal that was seen once and is to be confirmed before the client is asked to connect again.';
comment on column connections.uncertain_since is
  'When the first attempt was sent whose end nobody knows: its refresh token may have been used up. Null again with the next answer that settles it.';
comment on column connections.not_before_at is
  'A waiting reader may bring the next attempt forward, but not before this: the provider asked for the pause, or the answer needs it.';
comment on column connections.rejected_at is
  'When a token of this connection was last reported as rejected by the API (401 feedback), with rejected_count to slow a storm down.';

-- The claim walks this index once per app: what is due stands first, whatever the size of the table.
create index connections_due on connections (app_id, next_refresh_at) where next_refresh_at is not null and status <> 'disabled';
create index connections_leased on connections (lease_until) where lease_until is not null;
create index connections_by_service on connections (organization_id, service);

create table token_sets (
  id                  uuid primary key default gen_random_uuid(),
  organization_id     uuid not null references organizations on delete cascade,
  connection_id       uuid not null references connections on delete cascade,
  generation          integer not null,
  kind                text not null check (kind in ('current', 'previous', 'held', 'late')),
  access_sealed       bytea,
  access_key_version  integer,
  refresh_sealed      bytea,
  refresh_key_version integer,
  token_type          text,
  scopes              text[],
  expires_at          timestamptz,
  lifetime_seconds    integer,
  base_url            text,
  account_id          text,
  account_label       text,
  created_at          timestamptz not null default otobot_now(),
  superseded_at       timestamptz
);
comment on table token_sets is
  'One generation of a connection''s tokens, sealed. current serves; previous is kept until the new one has worked; late is an answer that came after its attempt was given up; held waits for an operator.';
create unique index token_sets_current on token_sets (connection_id, generation) where kind = 'current';
create index token_sets_by_connection on token_sets (connection_id, kind);
create index token_sets_by_access_key on token_sets (access_key_version);
create index token_sets_by_refresh_key on token_sets (refresh_key_version);
create index token_sets_previous on token_sets (superseded_at) where kind = 'previous';
create index token_sets_late on token_sets (created_at) where kind = 'late';

create table refresh_attempts (
  id              uuid not null,
  started_at      timestamptz not null,
  organization_id uuid not null,
  connection_id   uuid not null,
  app_id          uuid not null,
  generation      integer not null,
  worker_number   integer not null,
  finished_at     timestamptz,
  outcome         text check (outcome in
                  ('refreshed', 'late', 'unsent', 'transient', 'permanent', 'app', 'malformed', 'unknown_code', 'uncertain')),
  error_code      text,
  http_status     integer,
  duration_ms     integer,
  primary key (id, started_at)
) partition by range (started_at);
comment on table refresh_attempts is
  'Every attempt: written and committed before the request leaves (the intent), finished with its outcome. An unfinished attempt of a dead worker is swept to uncertain.';
create index refresh_attempts_by_connection on refresh_attempts (connection_id, started_at desc);
create index refresh_attempts_open on refresh_attempts (worker_number) where finished_at is null;
