// What was consented to, and what became of it.

const LATEST = 50;

/** Remembers every grant of `provider`: oidc-provider itself can look one up and cannot list them. */
export function createGrantBook(provider) {
  const grants = new Map();
  const end = (grantId, status) => {
    const grant = grants.get(grantId);
    if (grant?.status === 'live') Object.assign(grant, { status, endedAt: new Date() });
  };
  // Comes also when a refresh token is used twice, and after RFC 7009 revocation.
  provider.on('grant.revoked', (_context, grantId) => end(grantId, 'ended by a token call'));

  return {
    /** The latest first. */
    list: () => [...grants.values()].reverse(),
    /** Saves a grant of `scope` (with spaces between) and resolves to its id. */
    add: async ({ accountId, clientId, scope }) => {
      const grant = new provider.Grant({ accountId, clientId });
      grant.addOIDCScope(scope);
      const grantId = await grant.save();
      grants.set(grantId, { grantId, accountId, scope, status: 'live', since: new Date() });
      if (grants.size > LATEST) grants.delete(grants.keys().next().value);
      return grantId;
    },
    /** The person takes the consent back: all its tokens are dead. */
    revoke: async (grantId) => {
      await Promise.all([
        provider.AccessToken.revokeByGrantId(grantId),
        provider.RefreshToken.revokeByGrantId(grantId),
      ]);
      await (await provider.Grant.find(grantId))?.destroy();
      end(grantId, 'revoked');
    },
  };
}
