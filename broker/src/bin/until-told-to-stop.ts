/** Resolves at the first SIGINT or SIGTERM; at the second the process ends at once. */
export function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    const stop = (): void => {
      if (told) process.exit(1);
      told = true;
      resolve();
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
}
