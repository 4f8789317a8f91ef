/** Settings of servers whose data need not survive a crash of the machine: the tests wait less for the disk. */
export const THROWAWAY = { fsync: 'off', full_page_writes: 'off', autovacuum: 'off' } as const;
