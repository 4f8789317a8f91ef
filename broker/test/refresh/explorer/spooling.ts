import type { Ended, Phase, Worker, World } from './model';
import { complete } from './statements';

/** One thing that can happen next, all of it at once: a statement, a message, a fault. */
export interface Step {
  name: string;
  /** Happens by itself as soon as it can, so that time does not pass before it; unless its worker is frozen. */
  prompt: boolean;
  to: World;
}

export type Fault = keyof World['happened'];
/** The world with one fault less to come; none when there are no more. */
export const spend = (world: World, fault: Fault): World[] =>
  world.faultsLeft === 0
    ? []
    : [{ ...world, faultsLeft: world.faultsLeft - 1, happened: { ...world.happened, [fault]: true } }];

const put = (world: World, n: number, changed: Partial<Worker>): World => ({
  ...world,
  workers: world.workers.map((worker, each) => (each === n ? { ...worker, ...changed } : worker)),
});

/**
 * The commit of an answer, by services/refresh/completions and spool. While PostgreSQL is away it goes to the disk, and the commit that
 * brought nothing back may have happened all the same.
 */
export function writing(
  world: World,
  n: number,
  { ended, spooled }: Extract<Phase, { at: 'decided' }>,
  go: (name: string, to: World, prompt?: boolean) => Step[],
): Step[] {
  const written = complete(world, ended);
  if (spooled) return go('write', put(written, n, { phase: { at: 'written', ended } }));
  const hold = (from: World): World => {
    const onDisk = ended.set === null ? from.onDisk : [...from.onDisk, ended.set.refreshToken];
    return put({ ...from, onDisk }, n, { phase: { at: 'decided', ended, spooled: true }, spool: [ended] });
  };
  return [
    ...go('write', put(written, n, { phase: { at: 'idle' } })),
    ...spend(hold(world), 'dark').flatMap((to) => go('spool', to, false)),
    ...spend(hold(written), 'dark').flatMap((to) => go('write unheard', to, false)),
  ];
}

/** Taken off the disk. */
export const settled = (world: World, ended: Ended): World => ({
  ...world,
  orphaned: world.orphaned.filter((each) => each !== ended),
  workers: world.workers.map((worker) => ({ ...worker, spool: worker.spool.filter((each) => each !== ended) })),
});

/** What dead workers left on the disk, or such as seem to be dead. */
export const adoptable = ({ orphaned, workers }: World): Ended[] => [
  ...orphaned,
  ...workers.flatMap(({ number, spool }) => (number === null ? spool : [])),
];

/** It is written by the others; who does so may die, having nothing else in hand, before it is taken off. */
export function adoptions(world: World): Step[] {
  if (!world.workers.some(({ frozen, number }) => !frozen && number !== null)) return [];
  return adoptable(world).flatMap((ended) => {
    const written = complete(world, ended);
    return [
      { name: 'adopt', prompt: true, to: settled(written, ended) },
      { name: 'adopt in vain', prompt: false, to: written },
    ];
  });
}
