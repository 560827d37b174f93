// S-04 in a real browser: a page of another origin tries every way a page has to reach the gateway. None may reach a node, none may be read.
import { once } from "node:events";
import { createServer } from "node:http";
import { expect } from "playwright/test";
import { test } from "../engine.ts";

/** Requests that the gateway took in, by its own count. */
async function takenIn(gateway: string): Promise<number> {
  const text = await (await fetch(`${gateway}/metrics`)).text();
  return [...text.matchAll(/^homeport_requests_total\{.*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
}

test("S-04, S-05: a foreign page's GET, form, text/plain POST, fetch, EventSource, WebSocket and image reach no node", async ({
  page,
  engine,
}) => {
  const foreign = createServer((_, response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>foreign</title>"),
  );
  foreign.listen(0, "127.0.0.1");
  await once(foreign, "listening");
  const address = foreign.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    // Another name makes it another site, not only another port.
    await page.goto(`http://localhost:${port}/`);
    const outcomes = await page.evaluate(async (gateway) => {
      const body = JSON.stringify({ model: "gemma3:4b", messages: [{ role: "user", content: "hi" }] });
      const told = async (attempt: Promise<Response>) =>
        attempt.then(
          (response) => `${response.type} ${response.status}`,
          () => "refused",
        );
      const event = (target: EventTarget) =>
        new Promise<string>((resolve) => {
          for (const name of ["open", "load", "message", "error"]) target.addEventListener(name, () => resolve(name), { once: true });
        });
      const image = new Image();
      const seen = event(image);
      image.src = `${gateway}/v1/models`;
      const form = document.createElement("form");
      form.method = "POST";
      form.action = `${gateway}/api/generate`;
      form.target = "frame";
      const frame = document.createElement("iframe");
      frame.name = "frame";
      document.body.append(form, frame);
      const framed = event(frame);
      form.submit();
      await framed;
      return {
        get: await told(fetch(`${gateway}/v1/models`)),
        json: await told(
          fetch(`${gateway}/v1/chat/completions`, { method: "POST", headers: { "content-type": "application/json" }, body }),
        ),
        text: await told(fetch(`${gateway}/v1/chat/completions`, { method: "POST", headers: { "content-type": "text/plain" }, body })),
        opaque: await told(
          fetch(`${gateway}/v1/chat/completions`, { method: "POST", mode: "no-cors", headers: { "content-type": "text/plain" }, body }),
        ),
        events: await event(new EventSource(`${gateway}/v1/models`)),
        socket: await event(new WebSocket(`${gateway.replace("http", "ws")}/v1/chat/completions`)),
        image: await seen,
      };
    }, engine.gateway);
    // `opaque` tells a page nothing, whatever was answered.
    expect(outcomes).toEqual({
      get: "refused",
      json: "refused",
      text: "refused",
      opaque: "opaque 0",
      events: "error",
      socket: "error",
      image: "error",
    });
    expect(await takenIn(engine.gateway)).toBe(0);
  } finally {
    foreign.close();
  }
});
