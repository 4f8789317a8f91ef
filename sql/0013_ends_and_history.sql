-- When consents end, who is told of it and when, and how long the history of refreshes is kept.

alter table services
  add column consent_idle_seconds integer check (consent_idle_seconds > 0),
  add column consent_seconds      integer check (consent_seconds > 0);
comment on column services.consent_idle_seconds is
  'How long a consent lives without a refresh: each refresh gives it that long anew, because it renews the refresh token or counts as use. null: not known, or without such an end.';
comment on column services.consent_seconds is
  'How long a consent lives however often it is refreshed. null: not known, or without such an end.';

-- Held and late sets take their ends along, for when they are adopted.
alter table token_sets
  add column idle_expires_at     timestamptz,
  add column absolute_expires_at timestamptz;
comment on column token_sets.refresh_expires_at is 'The ends of the consent as this answer left them: see connections.';

comment on column connections.refresh_expires_at is
  'The end of the refresh token as the provider stated it, where the next refresh moves it.';
comment on column connections.idle_expires_at is
  'The end of a consent that nobody refreshes until then, by services.consent_idle_seconds: the next refresh moves it.';
comment on column connections.absolute_expires_at is
  'The end of the consent that no refresh moves: stated by the provider, or by services.consent_seconds.';

-- What was stated of a refresh token that is never replaced is the end of the consent itself.
update connections c
   set absolute_expires_at = least(c.absolute_expires_at, c.refresh_expires_at), refresh_expires_at = null
 where c.refresh_expires_at is not null
   and (select s.rotation from otobot_service(c.organization_id, c.service) s) = 'none';
