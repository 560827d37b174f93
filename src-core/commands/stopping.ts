// Ctrl-C: once to stop in order, twice to stop now.

/** A signal this soon after the first is its echo: npm passes on what the terminal sent already, and `conf` raises again what it caught. */
const echoMs = 500;

/** The first signal stops in order, the second at once. */
export function onStop(stop: () => Promise<void>): void {
  const keepAlive = setInterval(() => undefined, 2 ** 30);
  let beganAt: number | undefined;
  const begin = () => {
    if (beganAt !== undefined) {
      if (performance.now() - beganAt > echoMs) process.exit(1);
      return;
    }
    beganAt = performance.now();
    clearInterval(keepAlive);
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", begin);
  process.on("SIGTERM", begin);
}
