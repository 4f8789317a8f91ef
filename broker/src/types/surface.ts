/** How much of the API a serving process has. `grants`: it hands out credentials, and can neither manage anything nor call out. */
export const SURFACES = ['all', 'grants'] as const;
export type Surface = (typeof SURFACES)[number];
