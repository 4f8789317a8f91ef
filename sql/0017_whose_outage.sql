-- An outage is everybody's only if more than one organization sees it: whoever writes a service of his own at a host that others renew at,
-- or has tokens there that make it stumble, must not stop theirs.

alter table provider_incidents
  add column organization_id uuid,
  add column told            uuid[] not null default '{}';
comment on column provider_incidents.organization_id is
  'Whose connections alone have failed, so that it concerns no other; null: those of several, so it concerns everybody. No foreign key: it is evidence.';
comment on column provider_incidents.told is 'The organizations that were told of it: each once, and of its end.';
update provider_incidents set told = array(select id from organizations) where opened_at is not null and ended_at is null;

create function otobot_concerns(failing_organization uuid, organization uuid) returns boolean
language sql immutable parallel safe
as $$ select failing_organization is null or failing_organization = organization $$;
comment on function otobot_concerns is 'Whether an incident with this organization_id holds for an organization.';
