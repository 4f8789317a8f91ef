-- Windows that were open to whoever may write as one of the roles, and what a clock that was wrong for a moment leaves behind.

-- A count below zero would be a quota above its limit, and whoever serves may begin a row.
alter table access_key_usage add constraint access_key_usage_counts check (day_count >= 0 and month_count >= 0);

-- The row of before its revocation still has the MAC of then: whoever kept it could put it back, were he allowed to take back a revocation.
create function otobot_stays_revoked() returns trigger language plpgsql
as $$
begin
  raise exception 'access key % was revoked, and stays so', old.id using errcode = 'restrict_violation';
end $$;
comment on function otobot_stays_revoked is 'Ends the statement that would take back a revocation.';
create trigger stays_revoked before update on access_keys for each row
  when (current_user = 'otobot_serve' and old.revoked_at is not null and new.revoked_at is null) execute function otobot_stays_revoked();
