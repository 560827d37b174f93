// Apps a person writes or starts from a shell: curl, the official libraries, and what is set by variables.
import { type App, type Facts, type KeyPlace, keyWord, powershellKey, powershellText, shellKey, shellWord, variables } from "./snippet.ts";

const hello = "Say hello.";
const json = (value: unknown): string => JSON.stringify(value);

function chatBody({ model }: Facts): string {
  return json({ model, messages: [{ role: "user", content: hello }] });
}

/** The key as an expression, and what has to be imported for it. */
function keyInPython(key: KeyPlace): { readonly imports: string; readonly value: string } {
  switch (key.state) {
    case "open":
      return { imports: "", value: json("any") };
    case "env":
      return { imports: "import os\n", value: `os.environ[${json(key.name)}]` };
    case "file":
      return { imports: "", value: `open(${json(key.path)}).read().strip()` };
    case "elsewhere":
      return { imports: "", value: json(keyWord) };
  }
}

function keyInJavaScript(key: KeyPlace): { readonly imports: string; readonly value: string } {
  switch (key.state) {
    case "open":
      return { imports: "", value: json("any") };
    case "env":
      return { imports: "", value: `process.env.${key.name}` };
    case "file":
      return { imports: 'import { readFileSync } from "node:fs";\n', value: `readFileSync(${json(key.path)}, "utf8").trim()` };
    case "elsewhere":
      return { imports: "", value: json(keyWord) };
  }
}

const curl: App = {
  id: "curl",
  name: "curl",
  about: "One line in a shell",
  dialect: "openai",
  snippets: (facts) => {
    const url = `${facts.root}/v1/chat/completions`;
    const header = `"Authorization: Bearer ${shellKey(facts.key)}"`;
    const windows = `Invoke-RestMethod -Method Post ${powershellText(url)} -ContentType application/json -Headers @{ Authorization = 'Bearer ' + ${powershellKey(facts.key)} } -Body ${powershellText(chatBody(facts))}`;
    return [
      { label: "macOS, Linux", text: `curl ${url} -H ${header} -H 'Content-Type: application/json' -d ${shellWord(chatBody(facts))}` },
      { label: "Windows PowerShell", text: windows },
    ];
  },
  notes: () => ["It works with a key and without one: while none is asked for, any text passes."],
};

const openai: App = {
  id: "openai",
  name: "OpenAI libraries",
  about: "Python, JavaScript, and programs made with them",
  dialect: "openai",
  snippets: ({ root, key, model }) => {
    const python = keyInPython(key);
    const script = keyInJavaScript(key);
    const messages = json([{ role: "user", content: hello }]);
    const ask = `messages: ${messages}`;
    return [
      {
        label: "Python",
        text: `${python.imports}from openai import OpenAI\n\nclient = OpenAI(base_url=${json(`${root}/v1`)}, api_key=${python.value})\nanswer = client.chat.completions.create(model=${json(model)}, messages=${messages})\nprint(answer.choices[0].message.content)`,
      },
      {
        label: "JavaScript",
        text: `${script.imports}import OpenAI from "openai";\n\nconst client = new OpenAI({ baseURL: ${json(`${root}/v1`)}, apiKey: ${script.value} });\nconst answer = await client.chat.completions.create({ model: ${json(model)}, ${ask} });\nconsole.log(answer.choices[0].message.content);`,
      },
      ...variables([
        ["OPENAI_BASE_URL", `${root}/v1`],
        ["OPENAI_API_KEY", key],
      ]),
    ];
  },
  notes: () => [
    "The address ends in /v1. Any model of the Models page can be named, aliases too.",
    "Most programs made with these libraries read the two variables, or have a field called base URL.",
  ],
};

const anthropic: App = {
  id: "anthropic",
  name: "Anthropic libraries",
  about: "Python and JavaScript",
  dialect: "anthropic",
  snippets: ({ root, key, model }) => {
    const python = keyInPython(key);
    const script = keyInJavaScript(key);
    const messages = json([{ role: "user", content: hello }]);
    return [
      {
        label: "Python",
        text: `${python.imports}from anthropic import Anthropic\n\nclient = Anthropic(base_url=${json(root)}, api_key=${python.value})\nanswer = client.messages.create(model=${json(model)}, max_tokens=256, messages=${messages})\nprint(answer.content[0].text)`,
      },
      {
        label: "JavaScript",
        text: `${script.imports}import Anthropic from "@anthropic-ai/sdk";\n\nconst client = new Anthropic({ baseURL: ${json(root)}, apiKey: ${script.value} });\nconst answer = await client.messages.create({ model: ${json(model)}, max_tokens: 256, messages: ${messages} });\nconsole.log(answer.content[0].text);`,
      },
    ];
  },
  notes: () => ["The address has no /v1: these libraries add it themselves."],
};

const claudeCode: App = {
  id: "claude-code",
  name: "Claude Code",
  about: "Set these before you start it",
  dialect: "anthropic",
  snippets: ({ root, key, model }) =>
    variables(
      [
        ["ANTHROPIC_BASE_URL", root],
        ["ANTHROPIC_AUTH_TOKEN", key],
        ["ANTHROPIC_API_KEY", undefined],
        ["ANTHROPIC_MODEL", model],
        ["ANTHROPIC_DEFAULT_OPUS_MODEL", model],
        ["ANTHROPIC_DEFAULT_SONNET_MODEL", model],
        ["ANTHROPIC_DEFAULT_HAIKU_MODEL", model],
        // Ten minutes: a model that has to be loaded first takes longer than Claude Code waits by itself.
        ["API_TIMEOUT_MS", "600000"],
      ],
      "claude",
    ),
  notes: () => [
    "The address has no /v1. The key variable of Anthropic's own service is taken away, because two keys at once confuse it.",
    "It asks a small model in the background. All three names point at your model, so that nothing goes elsewhere.",
    "Set these in your shell or your own settings, not in a project's file that others get with the code.",
  ],
};

const ollama: App = {
  id: "ollama",
  name: "Ollama",
  about: "Its command line, its libraries, and apps made for it",
  dialect: "ollama",
  snippets: ({ root, key, model }) => {
    const script = keyInJavaScript(key);
    const python = keyInPython(key);
    const headers = key.state === "open" ? "" : `, headers: { Authorization: "Bearer " + ${script.value} }`;
    const pythonHeaders = key.state === "open" ? "" : `, headers={"Authorization": "Bearer " + ${python.value}}`;
    const messages = json([{ role: "user", content: hello }]);
    const command = key.state === "open" ? variables([["OLLAMA_HOST", root]], `ollama run ${shellWord(model)}`) : [];
    return [
      ...command,
      {
        label: "Python",
        text: `${python.imports}from ollama import Client\n\nclient = Client(host=${json(root)}${pythonHeaders})\nanswer = client.chat(model=${json(model)}, messages=${messages})\nprint(answer.message.content)`,
      },
      {
        label: "JavaScript",
        text: `${script.imports}import { Ollama } from "ollama";\n\nconst client = new Ollama({ host: ${json(root)}${headers} });\nconst answer = await client.chat({ model: ${json(model)}, messages: ${messages} });\nconsole.log(answer.message.content);`,
      },
    ];
  },
  notes: ({ key }) => [
    ...(key.state === "open" ? [] : ["Ollama's command line cannot send a key, so it is turned away while the gateway asks for one."]),
    "Apps with a field for Ollama's address take the same address, without a path.",
    "An app that can only use port 11434 needs that port: stop Ollama, move it to another port, and set Homeport's port to 11434.",
  ],
};

export const codeApps: readonly App[] = [openai, claudeCode, anthropic, ollama, curl];
