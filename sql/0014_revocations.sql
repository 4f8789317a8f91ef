-- What is left of a deleted connection until its provider has taken the consent back.

create table revocations (
  id                         uuid primary key default gen_random_uuid(),
  organization_id            uuid not null references organizations on delete cascade,
  client_id                  text,
  service                    text not null,
  name                       text not null,
  connection_id              uuid not null,
  generation                 integer not null,
  account_id                 text,
  tenant                     otobot_tenant,
  access_sealed              bytea,
  access_key_version         integer,
  refresh_sealed             bytea,
  refresh_key_version        integer,
  app_id                     uuid not null,
  app_client_id              text,
  oauth_client_id            text not null,
  client_secrets_sealed      bytea not null,
  client_secrets_key_version integer not null,
  secret_position            integer not null,
  attempts                   integer not null default 0,
  next_attempt_at            timestamptz not null default otobot_now(),
  last_error_code            text,
  created_at                 timestamptz not null default otobot_now(),
  check (access_sealed is not null or refresh_sealed is not null)
);
comment on table revocations is
  'Tokens to be revoked at their provider (RFC 7009), moved here in the transaction that deletes their connection, still sealed as they were there. A row goes as soon as it is done, and after a day in any case: no token is kept longer than that takes.';
comment on column revocations.client_id is
  'Of the connection. No foreign key, as for app_id: the client and his own app may have been deleted too, so what is needed of the app is kept here.';
comment on column revocations.app_client_id is 'Of the app: null is the organization''s, else the one client''s whose own it is. Its secrets are sealed with it.';
comment on column revocations.next_attempt_at is
  'Whoever claims a row moves this on before he sends anything, so a worker that dies leaves it to be tried again; revoking twice does no harm.';
create index revocations_due on revocations (next_attempt_at);

alter table revocations enable row level security;
create policy tenant on revocations to otobot_serve
  using (organization_id = otobot_organization_id()) with check (organization_id = otobot_organization_id());
create policy refresher on revocations to otobot_refresh using (true) with check (true);
create policy monitor on revocations for select to otobot_monitor using (true);
grant select, insert, update, delete on revocations to otobot_serve;
grant select, update, delete on revocations to otobot_refresh;
grant select (id, organization_id, client_id, service, connection_id, generation, access_key_version, refresh_key_version,
              client_secrets_key_version, attempts, next_attempt_at, last_error_code, created_at)
  on revocations to otobot_monitor;

-- Whether the client whose tokens are to be revoked is connecting again at this moment.
grant select (link_id, outcome) on flows to otobot_refresh;
grant select (id, organization_id, client_id, service) on connect_links to otobot_refresh;
create policy refresher on connect_links for select to otobot_refresh using (true);
