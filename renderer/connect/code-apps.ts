// Apps a person writes or starts from a shell: curl, the official libraries, and what is set by variables.
import { code } from "../language/code.ts";
import { words } from "../language/words.ts";
import { type App, type Facts, type KeyPlace, keyWord, powershellKey, powershellText, shellKey, shellWord, variables } from "./snippet.ts";

const { apps, snippets: labels } = words.connect;

/** Asked of the model, whatever the reader's language. */
const hello = code`Say hello.`;
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
      return { imports: code`import os\n`, value: `os.environ[${json(key.name)}]` };
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
      return { imports: code`import { readFileSync } from "node:fs";\n`, value: `readFileSync(${json(key.path)}, "utf8").trim()` };
    case "elsewhere":
      return { imports: "", value: json(keyWord) };
  }
}

const curl: App = {
  id: "curl",
  dialect: "openai",
  snippets: (facts) => {
    const url = `${facts.root}/v1/chat/completions`;
    const header = code`"Authorization: Bearer ${shellKey(facts.key)}"`;
    const windows = code`Invoke-RestMethod -Method Post ${powershellText(url)} -ContentType application/json -Headers @{ Authorization = 'Bearer ' + ${powershellKey(facts.key)} } -Body ${powershellText(chatBody(facts))}`;
    return [
      { label: labels.posix, text: code`curl ${url} -H ${header} -H 'Content-Type: application/json' -d ${shellWord(chatBody(facts))}` },
      { label: labels.powershell, text: windows },
    ];
  },
  notes: () => apps.curl.notes,
};

const openai: App = {
  id: "openai",
  dialect: "openai",
  snippets: ({ root, key, model }) => {
    const python = keyInPython(key);
    const script = keyInJavaScript(key);
    const messages = json([{ role: "user", content: hello }]);
    const ask = `messages: ${messages}`;
    return [
      {
        label: labels.python,
        text: code`${python.imports}from openai import OpenAI\n\nclient = OpenAI(base_url=${json(`${root}/v1`)}, api_key=${python.value})\nanswer = client.chat.completions.create(model=${json(model)}, messages=${messages})\nprint(answer.choices[0].message.content)`,
      },
      {
        label: labels.javascript,
        text: code`${script.imports}import OpenAI from "openai";\n\nconst client = new OpenAI({ baseURL: ${json(`${root}/v1`)}, apiKey: ${script.value} });\nconst answer = await client.chat.completions.create({ model: ${json(model)}, ${ask} });\nconsole.log(answer.choices[0].message.content);`,
      },
      ...variables([
        ["OPENAI_BASE_URL", `${root}/v1`],
        ["OPENAI_API_KEY", key],
      ]),
    ];
  },
  notes: () => apps.openai.notes,
};

const anthropic: App = {
  id: "anthropic",
  dialect: "anthropic",
  snippets: ({ root, key, model }) => {
    const python = keyInPython(key);
    const script = keyInJavaScript(key);
    const messages = json([{ role: "user", content: hello }]);
    return [
      {
        label: labels.python,
        text: code`${python.imports}from anthropic import Anthropic\n\nclient = Anthropic(base_url=${json(root)}, api_key=${python.value})\nanswer = client.messages.create(model=${json(model)}, max_tokens=256, messages=${messages})\nprint(answer.content[0].text)`,
      },
      {
        label: labels.javascript,
        text: code`${script.imports}import Anthropic from "@anthropic-ai/sdk";\n\nconst client = new Anthropic({ baseURL: ${json(root)}, apiKey: ${script.value} });\nconst answer = await client.messages.create({ model: ${json(model)}, max_tokens: 256, messages: ${messages} });\nconsole.log(answer.content[0].text);`,
      },
    ];
  },
  notes: () => apps.anthropic.notes,
};

const claudeCode: App = {
  id: "claude-code",
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
  notes: () => apps["claude-code"].notes,
};

const ollama: App = {
  id: "ollama",
  dialect: "ollama",
  snippets: ({ root, key, model }) => {
    const script = keyInJavaScript(key);
    const python = keyInPython(key);
    const headers = key.state === "open" ? "" : `, headers: { Authorization: "Bearer " + ${script.value} }`;
    const pythonHeaders = key.state === "open" ? "" : `, headers={"Authorization": "Bearer " + ${python.value}}`;
    const messages = json([{ role: "user", content: hello }]);
    const command = key.state === "open" ? variables([["OLLAMA_HOST", root]], code`ollama run ${shellWord(model)}`) : [];
    return [
      ...command,
      {
        label: labels.python,
        text: code`${python.imports}from ollama import Client\n\nclient = Client(host=${json(root)}${pythonHeaders})\nanswer = client.chat(model=${json(model)}, messages=${messages})\nprint(answer.message.content)`,
      },
      {
        label: labels.javascript,
        text: code`${script.imports}import { Ollama } from "ollama";\n\nconst client = new Ollama({ host: ${json(root)}${headers} });\nconst answer = await client.chat({ model: ${json(model)}, messages: ${messages} });\nconsole.log(answer.message.content);`,
      },
    ];
  },
  notes: ({ key }) => [...(key.state === "open" ? [] : [apps.ollama.noteWithKey]), ...apps.ollama.notes],
};

export const codeApps: readonly App[] = [openai, claudeCode, anthropic, ollama, curl];
