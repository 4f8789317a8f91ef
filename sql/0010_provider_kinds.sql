-- How token endpoints differ from the standard, as data.

alter table services
  add column refresh_url      text,
  add column body_format      text not null default 'form' check (body_format in ('form', 'json')),
  add column param_names      jsonb not null default '{}' check (jsonb_typeof(param_names) = 'object'),
  add column token_params     jsonb not null default '{}' check (jsonb_typeof(token_params) = 'object'),
  add column refresh_params   jsonb not null default '{}' check (jsonb_typeof(refresh_params) = 'object'),
  add column answer_path      text,
  add column permanent_errors text[] not null default '{}',
  add column renewal          text check (renewal in ('fb_exchange_token', 'ig_refresh_token', 'th_refresh_token', 'check')),
  add column min_age_seconds  integer check (min_age_seconds > 0),
  add check (renewal is distinct from 'check' or verify_url is not null),
  add check (renewal is null or renewal not in ('ig_refresh_token', 'th_refresh_token') or refresh_url is not null);
comment on column services.refresh_url is
  'Where tokens are renewed, where that is another place than the token URL (Figma); null: at the token URL. Client secrets and refresh tokens are sealed for the origins of both.';
comment on column services.body_format is 'How token requests are written: as a form (RFC 6749), or as JSON (Notion).';
comment on column services.param_names is
  'What the provider calls client_id, client_secret or scope in its requests, where it has another name for it: {"client_id": "client_key"} (TikTok).';
comment on column services.token_params is 'Sent with every request for a first token beside the standard parameters: {"expiring": "1"} (Shopify).';
comment on column services.refresh_params is 'The same for renewals: {"expires_in": "172800"} (Zendesk).';
comment on column services.answer_path is
  'The member of a token answer in which the tokens stand, where it is there (authed_user: Slack''s user token); else they stand at the top.';
comment on column services.permanent_errors is
  'Error codes that mean "the client has to consent again" at this provider, beyond those that mean it everywhere.';
comment on column services.renewal is
  'How its long-lived tokens are renewed: by the exchange of this name (Meta), or not at all, only checked each day with a call of verify_url (check: system users). null: nothing renews them.';
comment on column services.min_age_seconds is
  'A long-lived token younger than this is not renewed yet: the provider would refuse (Instagram, Threads: 24 h).';

-- An answer that brings no new token and says that the old one still works.
alter table refresh_attempts drop constraint refresh_attempts_outcome_check;
alter table refresh_attempts add constraint refresh_attempts_outcome_check check (outcome in
  ('refreshed', 'alive', 'late', 'unsent', 'transient', 'permanent', 'app', 'malformed', 'unknown_code', 'uncertain'));
