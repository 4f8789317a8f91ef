import { Command } from 'commander';
import { BadUsage } from '../bad-usage';
import type { RouteName } from '../managing/declaration';
import { isMembers, type Members } from '../managing/json';
import { filled } from '../managing/show';
import { text } from '../terminal/table';

interface Options {
  pause?: string | true;
  resume?: true;
}

const USUAL_REASON = 'by an operator';

/** The worker; with --pause and --resume the switch that all workers of this installation obey. */
export function refreshCommand(): Command {
  return new Command('refresh')
    .description('refresh tokens before they die (compose service token-refresher)')
    .option('--pause [reason]', 'let no worker refresh anything from now on; tokens are served while they live')
    .option('--resume', 'let the workers go on, after --pause or after a backup was restored')
    .addHelpText(
      'after',
      '\nExamples:\n  otobot refresh\n  LOG_LEVEL=debug otobot refresh\n  otobot refresh --pause "moving to another server"\n  otobot refresh --resume',
    )
    .action(async ({ pause, resume }: Options) => {
      if (pause !== undefined && resume)
        throw new BadUsage('--pause and --resume exclude each other', 'give one of them');
      if (pause !== undefined)
        await flip('POST /v1/refreshing/pause', { reason: pause === true ? USUAL_REASON : pause });
      else if (resume) await flip('POST /v1/refreshing/resume', null);
      // Loaded only when it runs: help and mistakes are told at once.
      else await (await import('../roles.js')).runRoles({ serve: null, refresh: true });
    });
}

async function flip(route: RouteName, body: Members | null): Promise<void> {
  const [{ withRoutes }, { callRoute }, { operatorCaller }] = await Promise.all([
    import('../managing/with-routes.js'),
    import('../managing/call-route.js'),
    import('../../services/access/operator.js'),
  ]);
  const input = { params: {}, query: {}, body: body ?? {} };
  const answer = await withRoutes((routes) => callRoute(routes, route, { input, caller: operatorCaller('default') }));
  if (isMembers(answer)) process.stdout.write(`${told(answer)}\n`);
}

/** What is so now, and what happens next. */
function told({ paused, was, due, uncertain }: Members): string {
  if (isMembers(paused)) return filled(PAUSED, { ...paused, due: due ?? 0 });
  const before = isMembers(was) ? filled('It was paused since {since}: {reason}.', was) : 'It was not paused.';
  const waiting = due === 1 ? '1 connection is due now, and is' : `${text(due ?? 0)} connections are due now, and are`;
  const doubtful = uncertain === undefined || uncertain === 0 ? '' : filled(UNCERTAIN, { uncertain });
  return `Refreshing goes on. ${before}\n${waiting} refreshed at once.${doubtful}`;
}

const PAUSED = `Refreshing is paused since {since}: {reason}.
Tokens are served while they live; {due} would be refreshed now.
\`otobot refresh --resume\` lets the workers go on.`;

const UNCERTAIN = `
Uncertain: {uncertain}. Their refresh token may have been used up elsewhere. Each is
tried once, shortly before its token ends or at once where it has ended, and
asks its client to reconnect only if the provider refuses.`;
