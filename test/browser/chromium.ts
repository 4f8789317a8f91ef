import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

// Quiet: nothing that calls home, asks, or differs from one machine to the next.
const ARGUMENTS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };

/** The Chromium of this machine: CHROMIUM, or where packages put it. Throws how to get one. */
export function chromiumPath(): string {
  const given = process.env.CHROMIUM;
  const found = (given ? [given] : CANDIDATES).find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    given
      ? `CHROMIUM=${given} is not a program`
      : 'no Chromium: apt-get install chromium, or name one in the variable CHROMIUM',
  );
}

/** A browser of its own with an empty profile; close it. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  // Chromium's sandbox refuses to run as root, which containers and CI are.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: chromiumPath(), args: [...ARGUMENTS, ...sandbox, ...args] });
}

/**
 * Collects, from now on, what a page complains of: errors and warnings in the console (violations of its Content-Security-Policy are
 * among them) and uncaught exceptions.
 */
export function complaintsOf(page: Page, complaints: string[] = []): string[] {
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    // A page that says that a link has expired is a 410: Chromium finds that worth a line, too.
    if (message.text().startsWith('Failed to load resource') && message.location().url === page.url()) return;
    complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${String(error)}`));
  return complaints;
}

let axeSource: string | undefined;

/** What axe has to say against the page as it stands, a line each; empty when it is accessible as far as a program can tell. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  axeSource ??= await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
  // Through the debugger and not as an element of the page, whose policy forbids every script.
  await page.evaluate(axeSource);
  // preload: it would fetch style sheets anew, which the policy forbids too.
  return page.evaluate(`axe.run(document, { preload: false }).then(({ violations }) => violations.flatMap(
    ({ id, help, nodes }) => nodes.map(({ target }) => id + ': ' + help + ' (' + target.join(' ') + ')')))`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
