// The loopback provider in a process of its own (it is ESM only, which jest does not load). Sends { issuer } once it listens, and ends
// with its parent. Not called oidc.mjs: jest would take that for oidc.ts, which starts it with the client as JSON in the first argument.
import { startOAuthServer } from '../../../provider/oauth-server.mjs';

const { issuer, ...commands } = await startOAuthServer(JSON.parse(process.argv[2]));

process.on('message', ({ id, command, argument }) => {
  commands[command](argument).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send({ issuer });
