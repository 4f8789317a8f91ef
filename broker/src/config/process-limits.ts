import { readFileSync } from 'node:fs';

/** What the HTTP server (4,096 connections), the pools of the database and the log take together. */
const ENOUGH_FILES = 4_500;

/** What the system allows this process and should not, or the other way round, each with the way out. None where it cannot be seen. */
export function processWarnings(read: (file: string) => string | null = readIfThere): string[] {
  const limits = read('/proc/self/limits');
  if (limits === null) return [];
  const core = softLimit(limits, 'Max core file size');
  const files = softLimit(limits, 'Max open files');
  const dumpsMemory = core > 0 && Number.parseInt(read('/proc/self/coredump_filter') ?? '1', 16) !== 0;
  return [
    ...(dumpsMemory
      ? ['a core dump would hold keys: start with ulimit -c 0 (systemd: LimitCORE=0, compose: ulimits core 0)']
      : []),
    ...(files < ENOUGH_FILES
      ? [`only ${files} files may be open: start with ulimit -n 65536 (systemd: LimitNOFILE=65536)`]
      : []),
  ];
}

/** `Max open files  1024  4096  files`: the first number, or that there is none. */
function softLimit(limits: string, name: string): number {
  const [, soft = 'unlimited'] = new RegExp(`^${name} +(\\S+)`, 'm').exec(limits) ?? [];
  return soft === 'unlimited' ? Infinity : Number(soft);
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
