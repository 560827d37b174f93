// Where requests name pictures by an address: found in every dialect's way, and nothing else taken for one.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { imageAddresses, namesImages } from "../../src-core/dialects/image-addresses.ts";
import { childrenOf } from "../../src-core/dialects/json-children.ts";

const bytesOf = (body: unknown, space?: number) => Buffer.from(JSON.stringify(body, undefined, space));
const inMessage = (...parts: object[]) => ({ model: "m", messages: [{ role: "user", content: parts }] });
const url = "https://pictures.example/a.png?token=a%20b";

describe("addresses are found with where they stand", () => {
  it.each([
    ["OpenAI", inMessage({ type: "image_url", image_url: { url } }), "messages.0.content.0.image_url.url", "text"],
    [
      "OpenAI, in short",
      inMessage({ type: "text", text: url }, { type: "image_url", image_url: url }),
      "messages.0.content.1.image_url",
      "text",
    ],
    ["Anthropic", inMessage({ type: "image", source: { type: "url", url } }), "messages.0.content.0.source.url", "source"],
    [
      "Anthropic, in a tool's result",
      inMessage({ type: "tool_result", tool_use_id: "t", content: [{ type: "image", source: { type: "url", url } }] }),
      "messages.0.content.0.content.0.source.url",
      "source",
    ],
    [
      "Responses",
      { model: "m", input: [{ role: "user", content: [{ type: "input_image", image_url: url }] }] },
      "input.0.content.0.image_url",
      "text",
    ],
  ] as const)("%s", (_name, body, field, shape) => {
    for (const space of [undefined, 2]) {
      const bytes = bytesOf(body, space);
      const [found, ...more] = imageAddresses(bytes);
      expect([found?.url, found?.field, found?.shape, more]).toEqual([url, field, shape, []]);
      const told: unknown = JSON.parse(bytes.subarray(found?.start, found?.end).toString());
      expect(shape === "text" ? told : Reflect.get(Object(told), "url")).toBe(url);
    }
    expect(namesImages(body)).toBe(true);
  });

  it("an escaped spelling is the address it means", () => {
    const bytes = Buffer.from('{"messages":[{"content":[{"image_url":{"url":"https:\\/\\/p\\u0069c.example\\/a"}}]}]}');
    expect(imageAddresses(bytes)).toMatchObject([{ url: "https://pic.example/a" }]);
  });
});

it.each([
  [inMessage({ type: "text", text: url })],
  [inMessage({ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } })],
  [inMessage({ type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } })],
  [{ ...inMessage({ type: "text", text: "x" }), tools: [{ image_url: url }], metadata: { image_url: { url } } }],
  [{ messages: url }],
  [{ messages: [{ content: url }, 5, null] }],
  [{ input: url }],
])("%j names none", (body) => {
  expect(imageAddresses(bytesOf(body))).toEqual([]);
  expect(namesImages(body)).toBe(false);
});

it("the spans of an object's and a list's children are those of its values, for any JSON", () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 1, "\t"), (text, space) => {
      const value: unknown = JSON.parse(text);
      const bytes = Buffer.from(JSON.stringify(value, undefined, space));
      const children = childrenOf(bytes, 0).map(({ key, start, end }) => [key, JSON.parse(bytes.subarray(start, end).toString())]);
      const expected = Array.isArray(value)
        ? value.map((child) => [undefined, child])
        : typeof value === "object" && value !== null
          ? Object.entries(value)
          : [];
      expect(children).toEqual(expected);
    }),
  );
});
