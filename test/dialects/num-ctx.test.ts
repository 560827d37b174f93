import { describe, expect, it } from "vitest";
import { withContext } from "../../src-core/dialects/num-ctx.ts";

const edited = (body: string, tokens = 8192) => Buffer.from(withContext(Buffer.from(body), tokens)).toString();

describe("demands 3.12: num_ctx in a body", () => {
  it.each([
    ['{"model":"m","options":{"num_ctx":2048}}', '{"model":"m","options":{"num_ctx":8192}}'],
    [
      '{"model":"m","options":{"seed":1,"num_ctx" : 2048 , "top_k":5},"stream":true}',
      '{"model":"m","options":{"seed":1,"num_ctx" : 8192 , "top_k":5},"stream":true}',
    ],
    ['{"model":"m","options":{}}', '{"model":"m","options":{"num_ctx":8192}}'],
    ['{"model":"m","options":{ "seed":1}}', '{"model":"m","options":{"num_ctx":8192, "seed":1}}'],
    ['{"model":"m","options":null}', '{"model":"m","options":{"num_ctx":8192}}'],
    ['{"model":"m"}', '{"options":{"num_ctx":8192},"model":"m"}'],
    // Words in a prompt, or deeper inside, are not the option.
    [
      '{"prompt":"\\"options\\":{\\"num_ctx\\":1}","x":{"options":{"num_ctx":1}}}',
      '{"options":{"num_ctx":8192},"prompt":"\\"options\\":{\\"num_ctx\\":1}","x":{"options":{"num_ctx":1}}}',
    ],
    [
      '{"options":{"a":{"num_ctx":1},"num_ctx":2},"m":[{"num_ctx":3}]}',
      '{"options":{"a":{"num_ctx":1},"num_ctx":8192},"m":[{"num_ctx":3}]}',
    ],
    // A server reads the last, or the first: both say the same.
    ['{"options":{"num_ctx":1,"num_ctx":2}}', '{"options":{"num_ctx":8192,"num_ctx":8192}}'],
    ['{"options":{"num_\\u0063tx":1}}', '{"options":{"num_\\u0063tx":8192}}'],
    ['{"options":{"num_ctx":2048.0}}', '{"options":{"num_ctx":8192}}'],
  ])("%s", (before, after) => {
    expect(edited(before)).toBe(after);
  });

  it("nothing else changes by a byte, whatever stands in the prompt", () => {
    const prompt = '{"model" : "ü",\n "messages":[{"content":"é \\"}{ \\\\\\" 🦊"}], "options":{"num_ctx":1}, "n":1.0e3}';
    expect(edited(prompt)).toBe(prompt.replace('"num_ctx":1', '"num_ctx":8192'));
  });
});
