import { z } from 'zod';

/** The fields that several requests share, each described once. */
export const clientId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be 1 to 64 letters, digits, dots, dashes or underscores, starting with a letter or digit',
  )
  .describe('The public name of a client; it never changes.');

/** In a path, `-` stands for the organization itself. */
export const clientIdInPath = z
  .union([z.literal('-').transform(() => null), clientId])
  .describe('A Client ID; - for the organization itself.');

export const serviceName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'must be 1 to 64 lower-case letters, digits, dashes or underscores')
  .describe('The name of a service, such as google.');

export const connectionName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
  .describe('Tells several connections of a client to one service apart.');

export const uuid = z.uuid().describe('An id that the broker made.');

/** A number of seconds in a query, where everything arrives as text. */
export const secondsInQuery = z
  .string()
  .regex(/^\d{1,8}$/, 'must be a whole number of seconds')
  .transform(Number);

export const seconds = z.int().min(0).max(99_999_999);

export const page = {
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number from 1 to 500')
    .transform(Number)
    .pipe(z.int().min(1).max(500))
    .default(100)
    .describe('How many items at most.'),
  cursor: z.string().max(500).optional().describe('nextCursor of the previous page.'),
};
