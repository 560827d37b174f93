// Refusals, and what only looks like one.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultRefusalPatterns, isRefusal, RefusalWatch, refusalsOf, refusalWindow } from "../../src-core/domain/refusals.ts";

const usual = refusalsOf();

describe("3.3 the default patterns, at the start of a sentence in the first 200 characters", () => {
  it.each([
    ["Nie wiem, o co chodzi.", "nie wiem"],
    ["I cannot help with that.", "I cannot"],
    ["I can't help with that.", "I can't"],
    ["As an AI, I have no opinions.", "as an AI"],
    ["As an AI language model I have none.", "as an AI"],
    ["I don't know.", "I don't know"],
    ["I'm not able to see pictures.", "I'm not able"],
    ["I am not able to see pictures.", "I am not able"],
    ["I'm unable to do this", "I'm unable"],
    ["I am unable to do this", "I am unable"],
    ["This is beyond my capabilities.", "beyond my capabilities"],
  ])("3.3 %s", (text, pattern) => {
    expect(defaultRefusalPatterns).toContain(pattern);
    expect(isRefusal(text, usual)).toBe(pattern);
  });

  it.each([
    "i CANNOT do this",
    "  \n I cannot do this",
    "**I cannot** do this.",
    "I can’t do this",
    "I'm sorry, but I can't assist with that request.",
    "Sorry. I can't.",
    "Unfortunately, as an AI assistant, I have no access.",
    "Hmm... well, I don't know",
    "I'm afraid that I cannot say.",
    "Przepraszam, ale nie wiem.",
    "I'm sorry, but that is beyond my capabilities.",
    "The question is hard. I don't know the answer.",
    "I can't",
    "I can't. Really not.",
    "As an AI",
    "<think>Easy: 4. Done.</think>\n\nI cannot tell.",
  ])("3.3 refuses: %s", (text) => expect(isRefusal(text, usual)).toBeDefined());
});

describe("3.6 what is no refusal", () => {
  it.each([
    "I can't stress enough how important tests are.",
    "I cannot emphasize this enough.",
    "I can't wait to help! Here is the plan.",
    "I can't believe how simple it is: 42.",
    "I cannot help but admire this. The answer is 7.",
    "I don't know about you, but I like it.",
    "As an AI engineer you will write tests.",
    "As an AI-powered city, Zurich leads.",
    '"I cannot" is what the man said.',
    "“I don't know” she said.",
    "He wrote: I cannot come.",
    "Here is the letter:\n\nI cannot come to the party.",
    "```\nI cannot\n```",
    "The robot said that I cannot do it.",
    "Say I don't know when asked.",
    "I cannotation is no word",
    "Things I cannot do: none.",
    "<think>Hm. I don't know. Let me see.</think>The answer is 4.",
    "",
    "{}",
  ])("3.6 %s", (text) => expect(isRefusal(text, usual)).toBeUndefined());

  it("3.3 what comes after the first 200 characters, or is not whole within them, does not count", () => {
    const long = `${"Fine words. ".repeat(17)}`;
    expect(long.length).toBeGreaterThan(refusalWindow);
    expect(isRefusal(`${long}I cannot help.`, usual)).toBeUndefined();
    const nearly = "a".repeat(refusalWindow - 8 - 2);
    expect(isRefusal(`${nearly}. I cannot and more`, usual)).toBeUndefined();
    expect(isRefusal(`${nearly.slice(12)}. I cannot and more`, usual)).toBe("I cannot");
  });
});

describe("3.3 patterns of a profile", () => {
  it("3.3 replace the default ones, and may begin with a word that sentences open with", () => {
    const own = refusalsOf(["Sorry, no", "unfortunately", "  "]);
    expect(isRefusal("I cannot.", own)).toBeUndefined();
    expect(isRefusal("Sorry, no can do", own)).toBe("Sorry, no");
    expect(isRefusal("Well, unfortunately this is so", own)).toBe("unfortunately");
    expect(isRefusal("", own)).toBeUndefined();
  });
});

describe("3.3 a text that grows", () => {
  const pieces = [
    ...[
      "I cannot",
      "I can't",
      " stress",
      " wait",
      " enough",
      " help",
      ". ",
      "\n",
      "As an AI",
      " model",
      "-powered",
      '"',
      "“",
      "```",
      "Sorry, ",
      "but ",
    ],
    ...[
      "<think>",
      "</think>",
      "that is ",
      "beyond my capabilities",
      "words and words and more words. ",
      "x",
      "’",
      "st",
      "ress",
      ":",
      "i don't know",
      "I",
    ],
  ];
  const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map((parts) => parts.join(""));

  it("3.3 is judged the same however it is cut, and a decision once made stands", () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(12), { minLength: 1, maxLength: 20 }), (text, cuts) => {
        const watch = new RefusalWatch(usual);
        let state = watch.push("");
        for (let at = 0, turn = 0; at < text.length; turn++) {
          const size = (cuts[turn % cuts.length] ?? 0) + 1;
          const next = watch.push(text.slice(at, at + size));
          if (state !== "undecided") expect(next).toBe(state);
          state = next;
          at += size;
        }
        const refused = isRefusal(text, usual) !== undefined;
        if (state === "undecided") return;
        expect(state === "refused").toBe(refused);
      }),
      { numRuns: 2_000 },
    );
  });

  it("3.3 no more than 200 characters are waited for, and no thinking without end", () => {
    const watch = new RefusalWatch(usual);
    expect(watch.push("y".repeat(refusalWindow))).toBe("undecided");
    expect(watch.push("y")).toBe("clear");
    const thinking = new RefusalWatch(usual);
    expect(thinking.push(`<think>${"hm. ".repeat(600)}`)).toBe("clear");
  });
});
