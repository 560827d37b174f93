// Listens for a few seconds to what the network announces by multicast DNS, and tells each promising advert once.
import type { Service } from "bonjour-service";
import type { Clock } from "../../engine/ports.ts";
import { type Advert, isPromising, ownTypes, webType } from "./adverts.ts";
import { type MulticastPlace, openMulticast } from "./multicast.ts";

const listenMs = 4_000;
/** A question lost on the way is asked once more. */
const againMs = 1_000;
/** Nobody has more model servers than that; whoever announces more is up to something. */
const mostAdverts = 256;

export type Browse = (onAdvert: (advert: Advert) => void, clock: Clock, signal: AbortSignal) => Promise<{ readonly code?: string }>;

/** Ends after four seconds or with the signal. `code`: why nothing could be asked, in the system's word. */
export const browse: Browse = (onAdvert, clock, signal) => browseAt(undefined, onAdvert, clock, signal);

/** The same at a place of one's own. */
export async function browseAt(place: MulticastPlace | undefined, ...[onAdvert, clock, signal]: Parameters<Browse>): ReturnType<Browse> {
  const multicast = await openMulticast(place);
  if ("code" in multicast) return { code: multicast.code };
  let told = 0;
  const tell = (service: Service) => {
    const advert = advertOf(service);
    if (told >= mostAdverts || !isPromising(advert)) return;
    told += 1;
    onAdvert(advert);
  };
  const browsers = [...ownTypes, webType].map((type) => multicast.bonjour.find({ type }, tell));
  const forgetAgain = clock.after(againMs, () => {
    for (const browser of browsers) browser.update();
  });
  await waited(listenMs, clock, signal);
  forgetAgain();
  for (const browser of browsers) browser.stop();
  await multicast.close();
  return multicast.unsent === undefined || told > 0 ? {} : { code: multicast.unsent };
}

function advertOf({ type, name, host, port, addresses, referer }: Service): Advert {
  return { type, name, host, port, addresses: addresses ?? [], peer: referer?.address };
}

function waited(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      forget();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const forget = clock.after(ms, done);
    signal.addEventListener("abort", done);
  });
}
