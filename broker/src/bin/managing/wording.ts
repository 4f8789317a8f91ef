import type { CommandGroup } from './declaration';

/** Puts the command where a problem's detail names its route: whoever is at the command line stays there. */
export function inCommandWords(groups: readonly CommandGroup[], detail: string): string {
  const commands = groups.flatMap((group) =>
    group.commands.flatMap(({ name, route, alsoFor = [] }) =>
      [route, ...alsoFor].map((one) => ({
        typed: ['otobot', ...(group.within === undefined ? [] : [group.within]), group.name, name].join(' '),
        route: one,
      })),
    ),
  );
  return commands.reduce(
    (text, { typed, route }) =>
      text.replace(patternOf(route), (_route: string, ...rest: unknown[]) => {
        const values = rest.filter((value) => typeof value === 'string').slice(0, -1); // the last text is the whole
        return `\`${[typed, ...values].join(' ')}\``;
      }),
    detail,
  );
}

/** `PATCH /v1/clients/:clientId` with a value in each place, but no longer path. */
function patternOf(route: string): RegExp {
  return new RegExp(`${route.replace(/:\w+/g, '(:?[\\w.-]*[\\w-])')}(?![\\w/-])`, 'g');
}
