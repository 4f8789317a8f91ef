-- One definition of a connection's shown status, for the API and the monitor alike: the first that matches.
-- A dead token is never shown as healthy. security_invoker: the reader's own row-level policies apply.

create view connection_status with (security_invoker = true) as
select c.id, c.organization_id, c.client_id, c.service, c.name, c.kind, c.version, c.generation, c.status_reason,
       t.expires_at, t.scopes, c.next_refresh_at, c.last_refreshed_at, c.last_attempt_at, c.failure_count, c.last_error_code,
       c.refresh_expires_at, c.idle_expires_at, c.absolute_expires_at, c.account_id, c.account_label, c.metadata,
       c.created_at, c.updated_at,
       c.app_id is not null and (t.refresh_key_version is not null or c.kind = 'client_credentials') as renewable,
       case
         when cl.suspended_at is not null then 'client_suspended'
         when c.status = 'disabled' then 'disabled'
         when t.id is not null and exists (
           select from (values (t.access_key_version), (t.refresh_key_version)) needed (version)
           where needed.version is not null and not exists (
             select from encryption_keys k where k.version = needed.version and k.status <> 'destroyed')) then 'key_unavailable'
         when c.status = 'reauth_required' then 'reauth_required'
         when t.id is null or t.access_key_version is null or t.expires_at <= otobot_now() then 'expired'
         when a.suspended_at is not null then 'app_suspended'
         when c.lease_until > otobot_now() then 'refreshing'
         else c.status
       end as status,
       (select coalesce(h.account_label, h.account_id, '') from token_sets h where h.connection_id = c.id and h.kind = 'held') as held_account
from connections c
left join clients cl on cl.organization_id = c.organization_id and cl.client_id = c.client_id
left join apps a on a.id = c.app_id
left join token_sets t on t.connection_id = c.id and t.generation = c.generation and t.kind = 'current';
comment on view connection_status is 'Every connection with its derived status and the ends of its tokens and consent; no secret in it.';
