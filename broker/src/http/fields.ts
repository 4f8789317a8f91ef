import { z } from 'zod';
import { scopesOf } from '../services/service-catalogue/definition';

export const CLIENT_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const SERVICE_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** The fields that several requests share, each described once. */
export const clientId = z
  .string()
  .regex(CLIENT_ID, 'must be 1 to 64 letters, digits, dots, dashes or underscores, starting with a letter or digit')
  .describe('The public name of a client; it never changes.')
  .meta({ examples: ['acme'] });

/** In a path, `-` stands for the organization itself. */
export const clientIdInPath = z
  .union([z.literal('-').transform(() => null), clientId])
  .describe('A Client ID; - for the organization itself.')
  .meta({ examples: ['acme'] });

export const serviceName = z
  .string()
  .regex(SERVICE_NAME, 'must be 1 to 64 lower-case letters, digits, dashes or underscores')
  .describe('The name of a service, such as google.')
  .meta({ examples: ['google'] });

export const connectionName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
  .describe('Tells several connections of a client to one service apart.');

export const uuid = z
  .uuid('must be an id that the broker made')
  .describe('An id that the broker made.')
  .meta({ examples: ['0f8fad5b-d9cb-469f-a165-70867728950e'] });

/** A number of seconds in a query, where everything arrives as text. */
export const secondsInQuery = z
  .string()
  .regex(/^\d{1,8}$/, 'must be a whole number of seconds')
  .transform(Number)
  .meta({ type: 'integer', minimum: 0 });

export const seconds = z.int().min(0).max(99_999_999);

export const page = {
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number from 1 to 500')
    .transform(Number)
    .pipe(z.int().min(1).max(500))
    .default(100)
    .describe('How many items at most.')
    .meta({ type: 'integer', minimum: 1, maximum: 500, default: 100 }),
  cursor: z.string().max(500).optional().describe('nextCursor of the previous page.'),
};

/** One line of text: no control characters, which logs and terminals would act on, and nothing that UTF-8 cannot carry. */
export const line = (maxLength: number) => lineOrNothing(maxLength).min(1);

export const lineOrNothing = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'must be one line of text without control characters');

/** The pages of a list that can be searched. */
export const searchedPage = {
  ...page,
  search: line(200)
    .optional()
    .describe('Part of the name, or of the name for people, in any case.')
    .meta({ examples: ['acm'] }),
};

/** How something is suspended; all of it may be left out. */
export const suspension = {
  reason: line(500).optional().describe('For whoever finds it suspended.'),
  dryRun: z.boolean().optional().describe('Changes nothing: only tells what would stop.'),
};

/** The same, where there are consents to take back. */
export const revokingSuspension = z
  .strictObject({
    ...suspension,
    revoke: z.boolean().optional().describe('Also gives up every consent at its provider, for good.'),
  })
  .prefault({});

/** In a body, `-` or null stands for the organization itself. */
export const clientIdInBody = z
  .union([z.literal('-').transform(() => null), z.null(), clientId])
  .describe('A Client ID; - or null for the organization itself.')
  .meta({ examples: ['acme'] });

/** ISO 8601 with a time zone. */
export const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .describe('A moment, such as 2026-11-20T10:00:00Z.');

/** Scopes as a list, or as one text in which white space or commas part them. */
export const oauthScopes = z
  .union([z.string().max(4_000).transform(scopesOf), z.array(z.string()).max(200)])
  // RFC 6749 section 3.3; the comma parts scopes at some providers, so it cannot be inside one.
  .pipe(z.array(z.string().regex(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,500}$/, 'is not a scope')))
  .describe('OAuth scopes, as a list or as one text.');

const SECONDS_OF_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const MAX_SPAN_SECONDS = 315_360_000;

/** How far ahead to look, such as 24h or 14d, as seconds. */
export const span = z
  .string()
  .regex(/^\d{1,9} ?[smhdw]?$/i, 'must be a time such as 90s, 30m, 24h, 14d or 2w; without a unit it counts seconds')
  .transform((text) => Number.parseInt(text, 10) * (SECONDS_OF_UNIT[text.slice(-1).toLowerCase()] ?? 1))
  .pipe(z.int().max(MAX_SPAN_SECONDS, 'must be at most 10 years'))
  .describe('How far ahead to look: a number with s, m, h, d or w; without one, of seconds. At most 10 years.');
