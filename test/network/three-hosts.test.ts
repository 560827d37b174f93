// Hosts that are cut off and hosts that sleep, on real network namespaces where the machine allows them; the line on stdout says on what it ran.
import { expect, test } from "vitest";
import { call, chat, saidIn, send } from "../gateway/caller.ts";
import { hostsInNamespaces } from "./hosts-in-namespaces.ts";
import { hostsOnLoopback } from "./hosts-on-loopback.ts";
import { whyNoNamespaces } from "./namespaces.ts";
import type { ThreeHosts } from "./three-hosts.ts";

const chats = "/v1/chat/completions";
const why = whyNoNamespaces();
console.log(
  why === undefined
    ? "network tests: three hosts, each in a network namespace, on veth pairs and a bridge"
    : `network tests: over loopback with the fault proxy, because ${why}`,
);

const threeHosts = (): Promise<ThreeHosts> => (why === undefined ? hostsInNamespaces() : hostsOnLoopback());

test("F13, F10: a host that is cut off in the middle of an answer: an error in the stream and no terminator, it is down, and back with its cable", async () => {
  const hosts = await threeHosts();
  const answer = send(hosts.url, chats, chat("endless", { stream: true }), hosts.headers);
  await answer.until(({ text }) => saidIn(text) !== "");
  hosts.cut("attic");
  expect(await answer.ended).toBe("complete");
  expect(answer.text).toContain('"error"');
  expect(answer.text).toContain("attic");
  expect(answer.text).not.toContain("[DONE]");
  await hosts.until("attic", "down");
  hosts.heal("attic");
  await hosts.until("attic", "up");
  expect((await call(hosts.url, chats, chat("short"), hosts.headers)).text).toContain("back again");
});

test("F12: a host that is cut off before its first word is replaced by the other one, and the client does not notice", async () => {
  const hosts = await threeHosts();
  const answer = send(hosts.url, chats, chat("both", { stream: true }), hosts.headers);
  await hosts.busy("attic");
  hosts.cut("attic");
  await answer.whole();
  expect(answer).toMatchObject({ status: 200, headers: { "x-homeport-node": "den" } });
  expect(saidIn(answer.text)).toBe("from the den");
  expect(answer.text.trimEnd().endsWith("data: [DONE]")).toBe(true);
  expect(answer.text).not.toContain('"error"');
  hosts.heal("attic");
  await hosts.until("attic", "up");
});

test("demands 5: a host that sleeps with its sockets open is woken by a real magic packet, and the request waits for it", async () => {
  const hosts = await threeHosts();
  hosts.suspend();
  await hosts.until("den", "asleep");
  expect(hosts.packets).toEqual([]);
  const answer = await call(hosts.url, chats, chat("night"), hosts.headers);
  expect(answer.status).toBe(200);
  expect(answer.text).toContain("awake");
  expect(answer.headers).toMatchObject({ "x-homeport-node": "den" });
  expect(Number(answer.headers["x-homeport-wake-ms"])).toBeGreaterThan(0);
  expect(new Set(hosts.packets)).toEqual(new Set([hosts.gatewayAddress]));
  await hosts.until("den", "up");
});
