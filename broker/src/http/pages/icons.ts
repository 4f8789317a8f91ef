import { Html } from './html';

function icon(size: number, path: string): Html {
  return new Html(
    `<svg aria-hidden="true" width="${size}" height="${size}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round"><path d="${path}"/></svg>`,
  );
}

const CHECK = 'M5 12.5l4.5 4.5L19 7.5';
const CLOCK = 'M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18';
const WARNING = 'M12 8v5m0 3.5v.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18';
const LOCK = 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1';
const BROKEN_LINK =
  'M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.7-5.7l-1.3 1.3M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.7 5.7l1.3-1.3M4 4l16 16';

export const ICONS = {
  permission: icon(18, CHECK),
  problem: icon(20, WARNING),
  lock: icon(16, LOCK),
  done: icon(28, CHECK),
  wait: icon(28, CLOCK),
  warning: icon(28, WARNING),
  link: icon(28, BROKEN_LINK),
} as const;
