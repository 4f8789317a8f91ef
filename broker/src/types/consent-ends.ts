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

/** Which end it is: that of the whole consent, of one that is not refreshed, or of its refresh token. */
export type ConsentEnd = 'absolute' | 'idle' | 'refresh_token';

/** Which of the known ends comes at that moment; null: none of them. */
export function consentEndAt(moment: Date | null, ends: ConsentEnds): ConsentEnd | null {
  if (moment === null) return null;
  const at = moment.getTime();
  if (ends.absoluteExpiresAt?.getTime() === at) return 'absolute';
  if (ends.idleExpiresAt?.getTime() === at) return 'idle';
  return ends.refreshExpiresAt?.getTime() === at ? 'refresh_token' : null;
}
