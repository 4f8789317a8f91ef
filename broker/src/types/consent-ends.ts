/** When the consent behind a connection ends, as far as it is known; null: not known. */
export interface ConsentEnds {
  /** Of the refresh token, as the provider stated it: the next refresh moves it. */
  refreshExpiresAt: Date | null;
  /** Unless it is refreshed before: the next refresh moves it. */
  idleExpiresAt: Date | null;
  /** Whatever is refreshed. */
  absoluteExpiresAt: Date | null;
}

export const NO_ENDS: ConsentEnds = { refreshExpiresAt: null, idleExpiresAt: null, absoluteExpiresAt: null };
