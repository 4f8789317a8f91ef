-- How token endpoints differ from the standard, as data.

alter table services
  add column refresh_url text;
comment on column services.refresh_url is
  'Where tokens are renewed, where that is another place than the token URL (Figma); null: at the token URL. Client secrets and refresh tokens are sealed for the origins of both.';
