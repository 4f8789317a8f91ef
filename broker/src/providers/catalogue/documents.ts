import type { ProviderEntry } from './entry';
import { guideOf } from './guide';
import { overviewOf } from './overview';

const MADE = '<!-- Made by scripts/provider-docs.mjs from broker/src/providers/catalogue: change that, not this. -->';

/** The files below docs with their text: one guide per provider, an index of them, and one table of everything. */
export function documentsOf(entries: readonly ProviderEntry[]): Map<string, string> {
  const guides = entries.map((entry): [string, string] => [
    `providers/${entry.name}.md`,
    `${MADE}\n\n${guideOf(entry, { publicUrl: '${PUBLIC_URL}' })}`,
  ]);
  return new Map([['providers.md', overviewOf(entries, MADE)], ['providers/README.md', indexOf(entries)], ...guides]);
}

function indexOf(entries: readonly ProviderEntry[]): string {
  const rows = entries.map(
    ({ name, displayName, kind, guide }) =>
      `| [${displayName}](${name}.md) | ${kind} | ${String(guide.notSupported.length)} |`,
  );
  return [
    MADE,
    '',
    '# Providers',
    '',
    'How each provider that Otobot knows is set up. `otobot service guide <provider>` prints the same, with the redirect URI of your',
    'installation; `otobot service create <name> --from <provider>` makes the service. Each fact names its source.',
    '[All of them at a glance](../providers.md): how they authenticate, what becomes of refresh tokens, how long tokens live, and what is not known.',
    '',
    '| provider | kind | not supported yet |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
