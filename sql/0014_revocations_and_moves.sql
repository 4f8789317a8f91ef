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

-- A service that was moved to other endpoints: what was sealed for the former ones is still to open.
alter table services
  add column moved_from_sealed      bytea,
  add column moved_from_key_version integer,
  add check ((moved_from_sealed is null) = (moved_from_key_version is null));
comment on column services.moved_from_sealed is
  'The endpoints that the service was moved from, sealed for those it has now: by it, and by nothing that is written in clear, secrets that were sealed for the former ones open at the present ones. So whoever rewrites a URL still gets nothing.';

alter table services
  add column revocation_format text not null default 'form' check (revocation_format in ('form', 'json', 'query'));
comment on column services.revocation_format is
  'Where a token to be revoked is written: in a form (RFC 7009), in JSON (QuickBooks), or in the query (Zoho).';

-- In the order in which a move walks through them.
drop index connections_by_service;
create index connections_by_service on connections (organization_id, service, id);

-- What rests on a service, now with the tokens that wait to be revoked: they are sealed for its endpoints too.
drop function otobot_service_use(uuid);
create function otobot_service_use(service_id uuid)
returns table (organization_id uuid, connections bigint, apps bigint, sealed_tokens bigint, revocations bigint)
language sql stable security definer set search_path = pg_catalog, public
as $$
  select o.id,
         (select count(*) from connections c where c.organization_id = o.id and c.service = s.name),
         (select count(*) from apps a where a.organization_id = o.id and a.service = s.name),
         (select count(*) from connections c join token_sets t on t.connection_id = c.id
           where c.organization_id = o.id and c.service = s.name and t.refresh_sealed is not null),
         (select count(*) from revocations r where r.organization_id = o.id and r.service = s.name)
    from services s
    join organizations o on o.id = s.organization_id
      or (s.organization_id is null
          and not exists (select from services own where own.organization_id = o.id and own.name = s.name))
   where s.id = service_id
$$;
comment on function otobot_service_use is
  'How many connections, apps, sealed refresh tokens and tokens to be revoked rest on a service, by organization that sees it.';
revoke execute on function otobot_service_use(uuid) from public;
grant execute on function otobot_service_use(uuid) to otobot_serve;
