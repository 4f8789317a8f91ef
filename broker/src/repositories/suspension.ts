/** Why something is suspended, for whoever finds it so. */
export interface Suspension {
  /** null: nobody said; what was said before stays. */
  reason: string | null;
}

/** Of organizations, clients and services alike. Keeps the moment of an earlier suspension; $1 and $2 are `suspended(…)`. */
export const SUSPENDED = `
  suspended_at = case when $1::boolean then coalesce(suspended_at, otobot_now()) end,
  suspended_reason = case when $1::boolean then coalesce($2::text, case when suspended_at is not null then suspended_reason end) end`;

/** null: it is resumed. */
export const suspended = (suspension: Suspension | null): [boolean, string | null] => [
  suspension !== null,
  suspension?.reason ?? null,
];
