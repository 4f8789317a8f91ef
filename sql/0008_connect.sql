-- Connect: what a service needs so that a client can hand over an account, and the links and flows by which he does.

alter table organizations
  add column logo_url text check (logo_url ~ '^https://'),
  add column color    text check (color ~ '^#[0-9a-f]{6}$');

alter table services
  add column authorization_params jsonb not null default '{}' check (jsonb_typeof(authorization_params) = 'object'),
  add column issuer               text,
  add column account_from         text check (account_from in ('id_token', 'answer', 'url')),
  add column account_url          text,
  add column account_id_path      text,
  add column account_label_path   text,
  add column verify_url           text,
  add column scope_texts          jsonb not null default '{}' check (jsonb_typeof(scope_texts) = 'object'),
  add check (account_from is distinct from 'url' or account_url is not null);
comment on column services.authorization_params is 'Sent with every authorization request beside the standard ones, such as access_type=offline.';
comment on column services.issuer is 'What the provider sends as iss in its authorization response (RFC 9207), where it sends one: then it is demanded.';
comment on column services.account_from is 'Where the account behind a consent is named: in the id_token, in the token answer, or at account_url. null: it cannot be known.';
comment on column services.verify_url is 'A harmless call (GET) that tells whether an API key or a password is accepted.';
comment on column services.scope_texts is 'Scopes in plain words: {"scope": {"en": "…", "fr": "…"}}.';

alter table connect_links
  add column reason    text,
  add column automatic boolean not null default false;
comment on column connect_links.automatic is 'Made by the broker for a credential that has to be connected again: re-used while the connection stands at the same generation.';
create index connect_links_automatic on connect_links (organization_id, client_id, service, name) where automatic and used_at is null;

alter table flows
  add column redirect_uri  text not null,
  add column outcome       text,
  add column outcome_data  jsonb;
create index flows_expired on flows (expires_at);
comment on column flows.outcome is 'What came of it, so that a reloaded page tells the same and asks the provider nothing again.';

alter table token_sets
  add column refresh_expires_at timestamptz;

-- A link or a state is looked up before the tenant is known, as access keys are.
grant select (organization_id, token_hash) on connect_links to otobot_audit;
grant select (organization_id, state_hash) on flows to otobot_audit;
create policy look_up on connect_links for select to otobot_audit using (true);
create policy look_up on flows for select to otobot_audit using (true);

-- The worker clears away what is long over.
grant select (expires_at), delete on flows to otobot_refresh;
create policy clear_away on flows to otobot_refresh using (true);
