-- Credentials of n8n's own types, kept up to date in the n8n instances of an organization: what is wanted is computed from the facts each time,
-- and only what was last put there is remembered.

create table n8n_instances (
  id                  uuid primary key default gen_random_uuid(),
  organization_id     uuid not null references organizations on delete cascade,
  name                text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  url                 text not null,
  api_key_sealed      bytea not null,
  api_key_key_version integer not null,
  last_seen_at        timestamptz,
  failing_since       timestamptz,
  failure_count       integer not null default 0,
  last_error_code     text,
  next_attempt_at     timestamptz not null default otobot_now(),
  removed_at          timestamptz,
  created_at          timestamptz not null default otobot_now(),
  unique (organization_id, name)
);
comment on table n8n_instances is 'An n8n into which clients'' credentials are put, with a key of its public API, sealed for its origin: at another URL it does not open.';
comment on column n8n_instances.next_attempt_at is
  'Nothing is sent to it before: an n8n that does not answer, or refuses the key, is asked by one credential at a time, less and less often, and holds up no other.';
comment on column n8n_instances.removed_at is 'It is to go, and goes with the last credential that was put there.';

create table n8n_credentials (
  id                  uuid primary key default gen_random_uuid(),
  organization_id     uuid not null references organizations on delete cascade,
  instance_id         uuid not null references n8n_instances on delete cascade,
  connection_id       uuid references connections on delete set null,
  client_id           text,
  service             text not null,
  name                text not null,
  type                text not null,
  title               text not null,
  fields              jsonb not null default '{}',
  order_sealed        bytea not null,
  order_key_version   integer not null,
  remote_id           text,
  remote_updated_at   text,
  may_be_there        boolean not null default false,
  pushed_generation   integer,
  pushed_at           timestamptz,
  pushed_expires_at   timestamptz,
  checked_at          timestamptz,
  drift               text,
  drifted_at          timestamptz,
  seen_version        bigint,
  seen_policy_version bigint,
  next_attempt_at     timestamptz not null default otobot_now(),
  claim_id            uuid,
  leased_until        timestamptz,
  attempts            integer not null default 0,
  last_error_code     text,
  removed_at          timestamptz,
  created_at          timestamptz not null default otobot_now(),
  unique (instance_id, connection_id, type)
);
comment on table n8n_credentials is
  'A connection whose token is to stand in an n8n as a credential of one of its own types. The row goes when n8n has confirmed that the credential is gone.';
comment on column n8n_credentials.connection_id is
  'null: it was deleted. The row stays until what was put there is taken away, so client_id, service and name are kept beside it.';
comment on column n8n_credentials.order_sealed is
  'Who ordered what to where: type, title and fields, sealed for this row, its instance and its connection. A row that somebody wrote or bent by SQL does not open, and nothing is sent for it.';
comment on column n8n_credentials.remote_id is 'Its id there, which n8n chooses. Found again by the mark in its name, where an answer was lost.';
comment on column n8n_credentials.remote_updated_at is 'As n8n told it after the last push: another one says that somebody else wrote there.';
comment on column n8n_credentials.may_be_there is
  'From before the first request that could create it until n8n has confirmed that it is gone: whoever died in between leaves it to be looked for.';
comment on column n8n_credentials.seen_version is
  'Of the connection, with that of the organization''s policy: while both are the same nothing has changed, and the row need not be looked at.';
comment on column n8n_credentials.leased_until is 'Until then it is in the hands of the worker that claimed it under claim_id.';
comment on column n8n_credentials.drift is 'What was found otherwise than it was left: gone, renamed, retyped or edited. It was put right.';
create index n8n_credentials_due on n8n_credentials (instance_id, next_attempt_at);
create index n8n_credentials_by_connection on n8n_credentials (connection_id);

alter table n8n_instances enable row level security;
create policy tenant on n8n_instances to otobot_serve
  using (organization_id = otobot_organization_id()) with check (organization_id = otobot_organization_id());
create policy refresher on n8n_instances to otobot_refresh using (true) with check (true);
create policy monitor on n8n_instances for select to otobot_monitor using (true);
grant select, insert, update, delete on n8n_instances to otobot_serve;
grant select, update, delete on n8n_instances to otobot_refresh;
grant select (id, organization_id, name, url, last_seen_at, failing_since, failure_count, last_error_code, next_attempt_at, removed_at, created_at)
  on n8n_instances to otobot_monitor;

alter table n8n_credentials enable row level security;
create policy tenant on n8n_credentials to otobot_serve
  using (organization_id = otobot_organization_id()) with check (organization_id = otobot_organization_id());
create policy refresher on n8n_credentials to otobot_refresh using (true) with check (true);
create policy monitor on n8n_credentials for select to otobot_monitor using (true);
grant select, insert, update, delete on n8n_credentials to otobot_serve;
grant select, update, delete on n8n_credentials to otobot_refresh;
grant select (id, organization_id, instance_id, connection_id, client_id, service, name, type, remote_id, pushed_generation, pushed_at,
              pushed_expires_at, checked_at, drift, drifted_at, next_attempt_at, attempts, last_error_code, removed_at, created_at)
  on n8n_credentials to otobot_monitor;
