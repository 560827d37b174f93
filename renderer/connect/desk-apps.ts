// Apps that are set up in their own settings: editors, assistants and web faces. What cannot reach this computer says so and gets no snippet.
import { code } from "../language/code.ts";
import { words } from "../language/words.ts";
import { type App, type Facts, plainKey } from "./snippet.ts";

const { apps, snippets: labels, fields: names, pasteKey } = words.connect;

/** The other name of this computer, as a container sees it. */
export function fromContainer(root: string): string {
  const address = new URL(root);
  return `${address.protocol}//host.docker.internal:${address.port === "" ? "80" : address.port}`;
}

/** What always holds, and before it what is to do with a key. */
const notesOf =
  (id: App["id"]) =>
  ({ key }: Facts): readonly string[] => [...(key.state === "open" ? [] : [pasteKey]), ...apps[id].notes];

/** A form's fields as people read them. */
const fields = (pairs: readonly (readonly [string, string])[]): string => pairs.map(([name, value]) => `${name}: ${value}`).join("\n");

const openWebUi: App = {
  id: "open-webui",
  dialect: "openai",
  snippets: ({ root, key }) => {
    const inside = fromContainer(root);
    return [
      {
        label: labels.containerAsOpenai,
        text: code`--add-host=host.docker.internal:host-gateway -e OPENAI_API_BASE_URL=${inside}/v1 -e OPENAI_API_KEY=${plainKey(key)}`,
      },
      { label: labels.containerAsOllama, text: code`--add-host=host.docker.internal:host-gateway -e OLLAMA_BASE_URL=${inside}` },
      {
        label: labels.thisComputer,
        text: fields([
          [names.openaiUrl, `${root}/v1`],
          [names.apiKey, plainKey(key)],
          [names.ollamaUrl, root],
        ]),
      },
    ];
  },
  notes: notesOf("open-webui"),
};

const continueDev: App = {
  id: "continue",
  dialect: "openai",
  snippets: ({ root, key, model }) => [
    {
      label: "config.yaml",
      text: code`name: Homeport\nversion: 1.0.0\nschema: v1\nmodels:\n  - name: ${JSON.stringify(`${model} at home`)}\n    provider: openai\n    model: ${JSON.stringify(model)}\n    apiBase: ${root}/v1\n    apiKey: ${plainKey(key)}`,
    },
  ],
  notes: notesOf("continue"),
};

const zed: App = {
  id: "zed",
  dialect: "ollama",
  snippets: ({ root }) => [{ label: "settings.json", text: JSON.stringify({ language_models: { ollama: { api_url: root } } }, null, 2) }],
  notes: ({ key }) => [...apps.zed.notes, ...(key.state === "open" ? [] : [apps.zed.noteWithKey])],
};

const cline: App = {
  id: "cline",
  dialect: "openai",
  snippets: ({ root, key, model }) => [
    {
      label: labels.settings,
      // As its own settings name them.
      text: code`API Provider: OpenAI Compatible\nBase URL: ${root}/v1\nAPI Key: ${plainKey(key)}\nModel ID: ${model}`,
    },
  ],
  notes: notesOf("cline"),
};

const other: App = {
  id: "other",
  dialect: "openai",
  snippets: ({ root, key, model }) => [
    {
      label: labels.forOpenai,
      text: fields([
        [names.baseUrl, `${root}/v1`],
        [names.apiKey, plainKey(key)],
        [names.model, model],
      ]),
    },
    {
      label: labels.forAnthropic,
      text: fields([
        [names.baseUrl, root],
        [names.apiKey, plainKey(key)],
        [names.model, model],
      ]),
    },
    {
      label: labels.forOllama,
      text: fields([
        [names.host, root],
        [names.model, model],
      ]),
    },
  ],
  notes: notesOf("other"),
};

const cursor: App = {
  id: "cursor",
  dialect: undefined,
  snippets: () => [],
  notes: () => apps.cursor.notes,
};

export const deskApps: readonly App[] = [openWebUi, continueDev, zed, cline, cursor, other];
