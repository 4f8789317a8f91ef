/** What the API answers. */
export type Json = null | boolean | number | string | Json[] | Members;
export interface Members {
  [member: string]: Json;
}

/** A page of a list; the next one begins at nextCursor. */
export interface JsonPage extends Members {
  items: Members[];
  nextCursor: string | null;
}

export function isMembers(value: Json | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isPage(value: Json): value is JsonPage {
  return isMembers(value) && Array.isArray(value.items) && value.nextCursor !== undefined;
}
