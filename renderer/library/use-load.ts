// Asks for a load and tells only of what went wrong: the progress shows on the node. A refusal for lack of room offers "Load anyway" (UX-07).
import type { MethodInput } from "../../src-core/contract/api.ts";
import type { Failure } from "../../src-core/contract/failure.ts";
import { useHome } from "../client/home.ts";
import { words } from "../language/words.ts";

const { loading } = words;

type LoadWish = MethodInput<"load">;

const offersForce = (failure: Failure) => failure.kind === "does-not-fit" || failure.kind === "out-of-memory";

/** The function that asks. It answers at once. */
export function useLoad(): (wish: LoadWish) => void {
  const { client, toasts } = useHome();
  const ask = async (wish: LoadWish): Promise<void> => {
    const reply = await client.load(wish);
    if (reply.ok || reply.failure.kind === "cancelled") return;
    const action = { label: loading.loadAnyway, run: () => void ask({ ...wish, force: true }) };
    toasts.push({
      tone: "error",
      title: loading.notLoaded(wish.model),
      body: reply.failure.message,
      ...(wish.force !== true && offersForce(reply.failure) ? { action } : {}),
    });
  };
  return (wish) => void ask(wish);
}
