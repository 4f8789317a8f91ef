-- Kill switches that say why, and that reach as far as the provider; and walls between tenants without a needless door in them.

alter table organizations add column suspended_reason text;
comment on column organizations.suspended_at is
  'Its keys are refused and its Connect pages are closed from this moment on; its tokens are still refreshed, so that resuming loses none.';
comment on column organizations.suspended_reason is 'What was written when it was suspended, for whoever finds it so; without a meaning once it is not.';
alter table clients add column suspended_reason text;
comment on column clients.suspended_reason is 'What was written when he was suspended, for whoever finds him so.';
alter table services add column suspended_reason text;
comment on column services.suspended_reason is 'What was written when it was suspended, for whoever finds it so.';

create table revocation_orders (
  id              uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organizations on delete cascade,
  client_id       text,
  service         text,
  ordered_by      text not null,
  ordered_at      timestamptz not null default otobot_now(),
  connections     integer not null default 0,
  queued          integer not null default 0,
  revoked         integer not null default 0,
  not_revoked     integer not null default 0,
  ended_at        timestamptz,
  check ((client_id is null) <> (service is null))
);
comment on table revocation_orders is
  'An order to give up, at their providers, all consents of a service or of a client. A worker carries it out a few hundred connections at a time, so that the order itself is a moment''s work and no transaction is long, and whoever dies in between leaves it to the next.';
comment on column revocation_orders.connections is 'That have lost their tokens by it so far.';
comment on column revocation_orders.queued is 'Tokens of them that were handed on to be revoked. Of these are revoked, or not_revoked: given up after a day, or left since somebody else lives on the consent by now; the rest is still waiting.';
comment on column revocation_orders.ended_at is
  'When nothing was left to hand on, or somebody put an end to it by resuming. Until then its connections do not spare each other as sharers of one consent.';
create unique index revocation_orders_open on revocation_orders (organization_id, service, client_id) nulls not distinct where ended_at is null;
create index revocation_orders_by_organization on revocation_orders (organization_id, ordered_at);
alter table revocation_orders enable row level security;
create policy tenant on revocation_orders to otobot_serve
  using (organization_id = otobot_organization_id()) with check (organization_id = otobot_organization_id());
create policy refresher on revocation_orders to otobot_refresh using (true) with check (true);
create policy monitor on revocation_orders for select to otobot_monitor using (true);
grant select, insert, update on revocation_orders to otobot_serve;
grant select, update on revocation_orders to otobot_refresh;
grant select on revocation_orders to otobot_monitor;

alter table revocations add column order_id uuid references revocation_orders on delete set null;
comment on column revocations.order_id is 'The order that it came by, which is told how it ends; null: its connection was deleted.';
create index revocations_by_order on revocations (order_id) where order_id is not null;
grant insert on revocations to otobot_refresh;

-- Who may stop a service: its own organization, and the operator's what all share.
create function otobot_may_stop(service services) returns boolean
language sql stable
as $$ select service.organization_id = otobot_organization_id() or (service.organization_id is null and otobot_is_operator()) $$;

-- The organizations that see a service under its name.
create function otobot_seeing(service services) returns setof uuid
language sql stable
as $$
  select o.id from organizations o
   where o.id = service.organization_id
      or (service.organization_id is null
          and not exists (select from services own where own.organization_id = o.id and own.name = service.name))
$$;

-- How far a service reaches, before it is stopped: over all organizations for who may stop it, nothing for anybody else.
create function otobot_service_reach(service_id uuid) returns table (organizations bigint, clients bigint, connections bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select count(*) filter (where c.connections > 0), coalesce(sum(c.clients), 0)::bigint, coalesce(sum(c.connections), 0)::bigint
    from services s cross join lateral otobot_seeing(s) as organization
   cross join lateral (select count(*) as connections, count(distinct client_id) as clients
                         from connections where organization_id = organization and service = s.name) c
   where s.id = service_id and otobot_may_stop(s)
$$;
comment on function otobot_service_reach is 'How many organizations, clients and connections stop with a service.';

create function otobot_order_revocations(service_id uuid, ordered_by text) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
  insert into revocation_orders (organization_id, service, ordered_by)
  select organization, s.name, ordered_by
    from services s cross join lateral otobot_seeing(s) as organization
   where s.id = service_id and otobot_may_stop(s)
     and exists (select from connections c where c.organization_id = organization and c.service = s.name)
  on conflict do nothing
$$;
comment on function otobot_order_revocations is
  'Orders all consents for a service to be given up: in one transaction with its suspension, for every organization that it stops.';

create function otobot_end_revocation_orders(service_id uuid) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp
as $$
  update revocation_orders o set ended_at = otobot_now()
    from services s cross join lateral otobot_seeing(s) as organization
   where s.id = service_id and otobot_may_stop(s)
     and o.organization_id = organization and o.service = s.name and o.ended_at is null
$$;
comment on function otobot_end_revocation_orders is 'Puts an end to them.';

revoke execute on function otobot_service_reach(uuid), otobot_order_revocations(uuid, text), otobot_end_revocation_orders(uuid) from public;
grant execute on function otobot_service_reach(uuid), otobot_order_revocations(uuid, text), otobot_end_revocation_orders(uuid) to otobot_serve;

-- The operator asks about what all share; anybody else about himself alone.
create or replace function otobot_service_use(service_id uuid)
returns table (organization_id uuid, connections bigint, apps bigint, sealed_tokens bigint, revocations bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp
as $$
  select organization,
         (select count(*) from connections c where c.organization_id = organization and c.service = s.name),
         (select count(*) from apps a where a.organization_id = organization and a.service = s.name),
         (select count(*) from connections c join token_sets t on t.connection_id = c.id
           where c.organization_id = organization and c.service = s.name and t.refresh_sealed is not null),
         (select count(*) from revocations r where r.organization_id = organization and r.service = s.name)
    from services s cross join lateral otobot_seeing(s) as organization
   where s.id = service_id and (organization = otobot_organization_id() or (s.organization_id is null and otobot_is_operator()))
$$;

-- What was granted and is never used. Rows that go with another (the links of a client) are deleted as their table's owner.
revoke delete on access_keys, connect_links, flows from otobot_serve;
revoke update on revocations from otobot_serve;
revoke select on outbox from otobot_serve, otobot_refresh, otobot_monitor;
revoke select on refresh_attempts from otobot_monitor;
revoke select on connection_status from otobot_refresh;

-- An outage that only one organization sees is nobody else's business.
alter table provider_incidents enable row level security;
create policy concerned on provider_incidents for select to otobot_serve using (otobot_concerns(organization_id, otobot_organization_id()));
create policy refresher on provider_incidents to otobot_refresh using (true) with check (true);
create policy monitor on provider_incidents for select to otobot_monitor using (true);

-- A table of somebody's own making must not stand in for ours, least of all in a function that works with the owner's rights: without
-- pg_temp in its path that would be looked at first.
alter function otobot_token_set_version() set search_path = pg_catalog, public, pg_temp;
alter function otobot_policy_version() set search_path = pg_catalog, public, pg_temp;
alter function otobot_make_partitions(integer) set search_path = pg_catalog, public, pg_temp;
alter function otobot_drop_history(integer) set search_path = pg_catalog, public, pg_temp;
revoke execute on function otobot_token_set_version(), otobot_policy_version() from public;
revoke create on schema public from public;
