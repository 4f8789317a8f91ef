/** Somebody with a fresh installation and one shell, who types what is on these pages, from the first to the last. */
export interface Reader {
  pages: readonly string[];
  /** What the pages take for granted; typed first. */
  before: string;
  /** What stands there for something of the reader's own, and what a shell puts in its place. */
  words: readonly (readonly [from: string, to: string])[];
}

const TOKENS = `{"accessToken": "an-access-token-of-no-worth", "refreshToken": "a-refresh-token-of-no-worth"}`;
const PASS = `pass() { printf %s a-secret-of-no-worth; }`;

/** Every page that has something to run is read by one of them. */
export const READERS: readonly Reader[] = [
  { pages: ['README.md'], before: '', words: [['otb_live_…', '$FIRST_KEY']] },
  {
    pages: ['docs/cli.md'],
    before: `
${PASS}
pass > google.secret
otobot service create crm --authorization-url https://crm.example/auth --token-url https://crm.example/token`,
    words: [
      // What asks at a terminal reads its input elsewhere.
      ['otobot service app google --client-id 1234-abc  ', 'pass | otobot service app google --client-id 1234-abc  '],
      [
        'otobot connection import acme google --expires 50m  ',
        `echo '${TOKENS}' | otobot connection import acme google  `,
      ],
      ['{"accessToken": "…", "refreshToken": "…"}', TOKENS],
      ['oauth/revoke', 'oauth/revoke --yes'],
    ],
  },
  {
    pages: [
      ...['docs/connect.md', 'docs/refreshing.md', 'docs/access-keys.md', 'docs/running-apart.md'],
      ...['docs/audit.md', 'docs/suspending.md', 'docs/audit-evidence.md', 'docs/webhooks.md'],
    ],
    before: `
${PASS}
member() { node -pe "JSON.parse(require('fs').readFileSync(0))['$1']"; }
otobot client create acme --name "Acme Corp"
otobot service create google --from google
pass | otobot service app google --client-id 1234-abc
echo '${TOKENS}' | otobot connection import acme google --expires 50m
WEBHOOK=$(otobot webhook create https://hooks.example.com/in --json | member id)
ID=$(otobot access-key create --preset n8n --json | member id)
head_of_audit() { local head; head=$(otobot audit head --json); echo "$(member id <<<"$head"):$(member head <<<"$head")"; }`,
    words: [
      ['4fzQ1xY2bC3d', '$ID'],
      ['--reason leaked', '--reason leaked --yes'],
      ['4312:8c1f…', '$(head_of_audit)'],
    ],
  },
];
