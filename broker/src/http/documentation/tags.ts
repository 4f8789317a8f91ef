import type { Documented } from './problems';

interface Tag {
  name: string;
  description: string;
  /** Of the paths that belong together. */
  pattern: RegExp;
}

/** The chapters of the documentation, in their order; a path belongs to the first that fits. */
export const TAGS: readonly Tag[] = [
  {
    name: 'Credentials',
    description: 'What this is for: a live credential of a client for a service.',
    pattern: /^\/(v1\/credentials|v1\/grants|oauth2)/,
  },
  { name: 'Connections', description: 'Credentials that are kept, with their state.', pattern: /^\/v1\/connections/ },
  {
    name: 'Connect links',
    description: 'By which clients hand over accounts.',
    pattern: /^\/(v1\/connect-links|connect|oauth\/)/,
  },
  {
    name: 'Services',
    description: 'Providers, and the OAuth clients with which they are reached.',
    pattern: /^\/v1\/(services|clients\/:clientId\/apps)/,
  },
  { name: 'Clients', description: 'On whose behalf workflows act.', pattern: /^\/v1\/clients/ },
  {
    name: 'n8n',
    description: "Credentials of n8n's own types, kept up to date in n8n.",
    pattern: /^\/v1\/n8n-instances/,
  },
  { name: 'Access keys', description: 'What n8n and other programs present.', pattern: /^\/v1\/(access-keys|whoami)/ },
  { name: 'Webhooks', description: 'Who is told what happens.', pattern: /^\/v1\/webhooks/ },
  { name: 'Audit', description: 'Who did what.', pattern: /^\/v1\/audit/ },
  { name: 'System', description: 'The process itself.', pattern: /^\// },
];

/** The chapter that a route belongs to. */
export function tagOf({ path }: Pick<Documented, 'path'>): string {
  return TAGS.find(({ pattern }) => pattern.test(path))?.name ?? 'System';
}
