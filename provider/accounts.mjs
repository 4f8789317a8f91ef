// The people who can sign in. There are no passwords: this is a provider for trying out.

export const ACCOUNTS = {
  alice: { name: 'Alice Martin', email: 'alice@example.com' },
  bob: { name: 'Bob Keller', email: 'bob@example.com' },
};

/** Claims of an account; any other name than those above is an account too, so that a test may have as many as it wants. */
export function claimsOf(accountId) {
  const known = ACCOUNTS[accountId] ?? { name: accountId, email: `${accountId}@example.com` };
  return { sub: accountId, ...known, email_verified: true };
}
