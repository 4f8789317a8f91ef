-- Who owns what: organizations, their clients, the services (providers) and the apps (OAuth clients) they are reached with.

create table organizations (
  id             uuid primary key default gen_random_uuid(),
  name           text not null unique check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  display_name   text not null,
  policy_version bigint not null default 1,
  suspended_at   timestamptz,
  created_at     timestamptz not null default otobot_now()
);
comment on table organizations is
  'A tenant. policy_version moves with every change to its keys, clients, services and apps (see 0005): a read decided under an older version is not released.';

insert into organizations (name, display_name) values ('default', 'Default organization');

create table clients (
  organization_id uuid not null references organizations on delete cascade,
  client_id       text not null check (client_id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  name            text not null,
  email           text,
  locale          text,
  suspended_at    timestamptz,
  created_at      timestamptz not null default otobot_now(),
  updated_at      timestamptz not null default otobot_now(),
  primary key (organization_id, client_id)
);
comment on table clients is
  'Somebody on whose behalf workflows act. client_id is its public name, never changes, and is sealed into its records, so it is the key itself.';

create table services (
  id                      uuid primary key default gen_random_uuid(),
  organization_id         uuid references organizations on delete cascade,
  name                    text not null check (name ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
  display_name            text not null,
  oauth_type              text not null default 'oauth2'
                          check (oauth_type in ('oauth2', 'client_credentials', 'api_key', 'basic', 'long_lived')),
  oauth_authorization_url text,
  oauth_token_url         text,
  oauth_revocation_url    text,
  oauth_scopes            text not null default '',
  scope_separator         text not null default ' ' check (scope_separator in (' ', ',')),
  auth_style              text not null default 'header' check (auth_style in ('header', 'body')),
  pkce                    boolean not null default true,
  rotation                text not null default 'strict' check (rotation in ('none', 'grace', 'strict')),
  grace_seconds           integer check (grace_seconds > 0),
  default_ttl_seconds     integer not null default 3600 check (default_ttl_seconds > 0),
  refresh_ahead_seconds   integer check (refresh_ahead_seconds >= 0),
  max_concurrent          integer not null default 32 check (max_concurrent between 1 and 1000),
  base_url                text,
  allowed_hosts           text[],
  request_header          text not null default 'Authorization' check (request_header ~ '^[A-Za-z0-9-]{1,64}$'),
  request_scheme          text check (request_scheme ~ '^[A-Za-z0-9-]{0,64}$'),
  suspended_at            timestamptz,
  created_at              timestamptz not null default otobot_now(),
  updated_at              timestamptz not null default otobot_now(),
  unique nulls not distinct (organization_id, name),
  check (oauth_type not in ('oauth2', 'client_credentials', 'long_lived') or oauth_token_url is not null),
  check (rotation <> 'grace' or grace_seconds is not null)
);
comment on table services is
  'A provider: endpoints, scopes, behaviour. Without an organization it is the shared catalogue; an organization''s own row of the same name shadows it for that organization alone. An inserted row is in force at once.';
comment on column services.rotation is
  'What becomes of a refresh token that was used: none = stays valid, grace = may be used again for grace_seconds, strict = single use. Unknown providers are strict: the careful assumption.';
comment on column services.allowed_hosts is
  'The hosts (and their subdomains) a credential may be sent to; null = any https host.';
comment on column services.request_scheme is
  'Before the secret in request_header; null = the token type the provider names (Bearer); empty = the bare secret.';

-- The services an organization sees: its own, and the shared ones that it does not shadow.
create function otobot_service(organization uuid, service text) returns setof services
language sql stable rows 1
as $$
  select * from services s
  where s.name = service and (s.organization_id = organization or s.organization_id is null)
  order by s.organization_id nulls last
  limit 1
$$;

create table apps (
  id                         uuid primary key default gen_random_uuid(),
  organization_id            uuid not null references organizations on delete cascade,
  client_id                  text,
  service                    text not null,
  oauth_client_id            text not null,
  client_secrets_sealed      bytea not null,
  client_secrets_key_version integer not null,
  secret_position            integer not null default 0,
  scopes                     text,
  suspended_at               timestamptz,
  suspended_reason           text,
  next_probe_at              timestamptz,
  created_at                 timestamptz not null default otobot_now(),
  updated_at                 timestamptz not null default otobot_now(),
  unique nulls not distinct (organization_id, client_id, service),
  foreign key (organization_id, client_id) references clients on delete cascade
);
comment on table apps is
  'The OAuth client with which a service is reached: the organization''s, or one client''s own. client_secrets is one sealed, ordered list; secret_position is the one that worked last.';
