/** What is thrown and caught by nobody, also in a promise: from now on it is told to this function alone, and does not end the process by itself. */
export function onUncaught(tell: (error: unknown) => void): void {
  process.setUncaughtExceptionCaptureCallback(null);
  process.setUncaughtExceptionCaptureCallback(tell);
}

/** Requests under way may still be answered; an end that the error has made impossible is not waited for. */
const DRAIN_MS = 10_000;

/** Resolves at the first error that nobody caught. Nobody knows what it has left half done: the process is to end, with 1. */
export function untilFatal(tell: (error: unknown) => void): Promise<void> {
  return new Promise((resolve) => {
    let isFatal = false;
    onUncaught((error) => {
      if (isFatal) return;
      isFatal = true;
      tell(error);
      process.exitCode = 1;
      setTimeout(() => process.exit(), DRAIN_MS).unref();
      resolve();
    });
  });
}
