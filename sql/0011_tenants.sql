-- Providers that have a host, or a path, of its own for each customer: one service for all of them, and the tenant belongs to the connection.

alter table services
  add column tenant_from         text check (tenant_from in ('link', 'redirect', 'answer', 'lookup')),
  add column tenant_param        text,
  add column tenant_hosts        text[] check (cardinality(tenant_hosts) > 0),
  add column tenant_example      text,
  add column redirect_hmac_param text,
  add check (tenant_from is not null or (tenant_param is null and tenant_hosts is null)),
  add check (coalesce(tenant_from, 'link') = 'link' or tenant_param is not null),
  add check (tenant_from is distinct from 'lookup' or account_url is not null);
comment on column services.tenant_from is
  'Who says what {tenant} in the URLs stands for: the link or whoever opens it, a parameter of the redirect, the token answer, or the answer of account_url. null: the URLs are the same for all.';
comment on column services.tenant_param is
  'The parameter of the redirect, or the path in the answer, that names the tenant. With tenant_from link: the parameter of the redirect that has to name the same one.';
comment on column services.tenant_hosts is
  '{tenant} is one of these hosts; null: it is one label of a host name. A list and no pattern: what is data here must not run as code, nor name a host that nobody foresaw.';
comment on column services.tenant_example is 'Shown to whoever is asked for it.';
comment on column services.redirect_hmac_param is
  'The parameter of the redirect with an HMAC-SHA-256 over all the others, keyed with the client secret (Shopify); null: the provider signs none.';

-- Nothing but what hosts are made of, whoever writes it; which of those it may be is checked where it is used.
create domain otobot_tenant as text check (value ~ '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$');

alter table connections add column tenant otobot_tenant;
comment on column connections.tenant is
  'What stands for {tenant} in the URLs of its service. Sealed into its tokens, so that they do not open for another one; it changes only with a new consent or import.';
alter table connect_links add column tenant otobot_tenant;
comment on column connect_links.tenant is 'Told when the link was made; null: whoever opens it is asked, where the service needs one.';
alter table flows add column tenant otobot_tenant;
comment on column flows.tenant is 'For which the authorization was asked; sealed into the verifier. null: the redirect or the answer tells.';
alter table token_sets add column tenant otobot_tenant;
comment on column token_sets.tenant is
  'Of a held set: the tenant of the other account, which becomes the connection''s when an operator accepts it.';

-- Beside connection_version: both count from the same old version.
create trigger connection_tenant_version before update of tenant on connections for each row
when (old.tenant is distinct from new.tenant) execute function otobot_connection_version();
