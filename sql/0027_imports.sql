-- Coming from elsewhere: importing the same grant again changes nothing, however often it was refreshed since.
alter table connections add column imported_grant text;
comment on column connections.imported_grant is
  'Fingerprint of the refresh token, or else of the token or key, that POST /v1/imports last brought. By then the broker may hold a newer one, which an old export must not replace.';
