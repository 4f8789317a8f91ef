/** Every scope: what it allows, and the presets that hold it besides `operator`, which holds all. */
const SCOPE_TABLE = {
  'metrics:read': { allows: 'read the metrics', presets: ['monitor'] },
  'credentials:read': { allows: 'be given live credentials', presets: ['n8n'] },
  'clients:read': { allows: 'list clients', presets: ['n8n'] },
  'clients:write': { allows: 'create, change, suspend and delete clients', presets: [] },
  'services:read': { allows: 'list services', presets: ['n8n'] },
  'services:write': { allows: 'create and change services and their OAuth clients', presets: [] },
  'connections:read': { allows: 'list connections with status, history and usage', presets: ['n8n', 'monitor'] },
  'connections:write': { allows: 'import, refresh, disable and delete connections', presets: [] },
  'connect:write': { allows: 'make links with which clients connect accounts', presets: ['n8n'] },
  'access-keys:write': { allows: 'mint, change and revoke access keys', presets: [] },
  'encryption:admin': { allows: 'rotate encryption keys', presets: [] },
  'audit:read': { allows: 'read the audit', presets: [] },
  'webhooks:write': { allows: 'manage webhooks', presets: ['n8n'] },
  'n8n-sync:write': { allows: "keep clients' credentials in n8n instances", presets: [] },
  'alerts:read': { allows: 'read alerts', presets: ['monitor'] },
} as const satisfies Record<string, { allows: string; presets: readonly ('n8n' | 'monitor')[] }>;

export type Scope = keyof typeof SCOPE_TABLE;
export type Preset = 'n8n' | 'operator' | 'monitor';

export const SCOPES = Object.keys(SCOPE_TABLE) as readonly Scope[];

export const PRESETS: Readonly<Record<Preset, readonly Scope[]>> = {
  n8n: SCOPES.filter((scope) => inPreset(scope, 'n8n')),
  operator: SCOPES,
  monitor: SCOPES.filter((scope) => inPreset(scope, 'monitor')),
};

/** One sentence part for help texts and documentation: "allows to …". */
export function whatScopeAllows(scope: Scope): string {
  return SCOPE_TABLE[scope].allows;
}

export function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPE_TABLE, text);
}

/** Whether a key holding `held` may pass on `asked`: scopes, clients or services, where null stands for all of them. */
export function isSubset(asked: readonly string[] | null, held: readonly string[] | null): boolean {
  if (held === null) return true;
  return asked?.every((item) => held.includes(item)) ?? false;
}

function inPreset(scope: Scope, preset: 'n8n' | 'monitor'): boolean {
  const presets: readonly string[] = SCOPE_TABLE[scope].presets;
  return presets.includes(preset);
}
