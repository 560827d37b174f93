// How many requests may be tried again at once: retries must not double the load of a house that is in trouble.

/** Of the requests under way, so many may be retries. */
const share = 0.2;
/** So many always may, however quiet it is. */
const floor = 3;

/** Whether one more retry may begin. `inFlightTotal`: requests under way, this one included; `retriesRunning`: of those, the ones that are retries. */
export function mayRetry(inFlightTotal: number, retriesRunning: number): boolean {
  return retriesRunning < Math.max(floor, Math.floor(inFlightTotal * share));
}
