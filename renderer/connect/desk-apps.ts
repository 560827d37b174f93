// Apps that are set up in their own settings: editors, assistants and web faces. What cannot reach this computer says so and gets no snippet.
import { type App, type Facts, plainKey } from "./snippet.ts";

/** The other name of this computer, as a container sees it. */
export function fromContainer(root: string): string {
  const address = new URL(root);
  return `${address.protocol}//host.docker.internal:${address.port === "" ? "80" : address.port}`;
}

const pasteKey = ({ key }: Facts): readonly string[] =>
  key.state === "open" ? [] : ["Put your own key where YOUR-KEY stands. Homeport never shows it."];

/** A form's fields as people read them. */
const fields = (pairs: readonly (readonly [string, string])[]): string => pairs.map(([name, value]) => `${name}: ${value}`).join("\n");

const openWebUi: App = {
  id: "open-webui",
  name: "Open WebUI",
  about: "In a container, or installed on this computer",
  dialect: "openai",
  snippets: ({ root, key }) => {
    const inside = fromContainer(root);
    return [
      {
        label: "Container, as OpenAI",
        text: `--add-host=host.docker.internal:host-gateway -e OPENAI_API_BASE_URL=${inside}/v1 -e OPENAI_API_KEY=${plainKey(key)}`,
      },
      { label: "Container, as Ollama", text: `--add-host=host.docker.internal:host-gateway -e OLLAMA_BASE_URL=${inside}` },
      {
        label: "On this computer",
        text: fields([
          ["OpenAI API URL", `${root}/v1`],
          ["API key", plainKey(key)],
          ["Ollama API URL", root],
        ]),
      },
    ];
  },
  notes: (facts) => [
    ...pasteKey(facts),
    "In a container 127.0.0.1 is the container itself. Name host.docker.internal under Callers in the settings; otherwise Homeport turns it away.",
    "One of the two forms is enough: OpenAI for all models, Ollama if you want its model details too.",
    "On this computer the addresses go into Admin Panel, Settings, Connections.",
  ],
};

const continueDev: App = {
  id: "continue",
  name: "Continue",
  about: "In its config.yaml",
  dialect: "openai",
  snippets: ({ root, key, model }) => [
    {
      label: "config.yaml",
      text: `name: Homeport\nversion: 1.0.0\nschema: v1\nmodels:\n  - name: ${JSON.stringify(`${model} at home`)}\n    provider: openai\n    model: ${JSON.stringify(model)}\n    apiBase: ${root}/v1\n    apiKey: ${plainKey(key)}`,
    },
  ],
  notes: pasteKey,
};

const zed: App = {
  id: "zed",
  name: "Zed",
  about: "In its settings.json",
  dialect: "ollama",
  snippets: ({ root }) => [{ label: "settings.json", text: JSON.stringify({ language_models: { ollama: { api_url: root } } }, null, 2) }],
  notes: ({ key }) => [
    "Zed lists every model by itself and asks for them as Ollama's.",
    ...(key.state === "open" ? [] : ["Give it your own key in the Agent panel's settings, under Ollama."]),
  ],
};

const cline: App = {
  id: "cline",
  name: "Cline",
  about: "In its settings, API provider “OpenAI Compatible”",
  dialect: "openai",
  snippets: ({ root, key, model }) => [
    {
      label: "Settings",
      text: fields([
        ["API Provider", "OpenAI Compatible"],
        ["Base URL", `${root}/v1`],
        ["API Key", plainKey(key)],
        ["Model ID", model],
      ]),
    },
  ],
  notes: (facts) => [...pasteKey(facts), "Or choose Ollama as the provider, with the address without /v1."],
};

const other: App = {
  id: "other",
  name: "Any other app",
  about: "What to put into its fields",
  dialect: "openai",
  snippets: ({ root, key, model }) => [
    {
      label: "Made for OpenAI",
      text: fields([
        ["Base URL", `${root}/v1`],
        ["API key", plainKey(key)],
        ["Model", model],
      ]),
    },
    {
      label: "Made for Anthropic",
      text: fields([
        ["Base URL", root],
        ["API key", plainKey(key)],
        ["Model", model],
      ]),
    },
    {
      label: "Made for Ollama",
      text: fields([
        ["Host", root],
        ["Model", model],
      ]),
    },
  ],
  notes: (facts) => [...pasteKey(facts), "If it refuses the address, try it with and without /v1 at the end."],
};

const cursor: App = {
  id: "cursor",
  name: "Cursor",
  about: "Cannot reach a gateway at home",
  dialect: undefined,
  snippets: () => [],
  notes: () => [
    "Cursor's own servers make the call, from the internet. They cannot reach 127.0.0.1 or an address of your network, whatever you write there.",
    "It would only work if Homeport were open to the internet, with a key, behind a proxy of your own. Homeport does not do that for you.",
    "Continue, Cline and Zed call from your computer and work as they are.",
  ],
};

export const deskApps: readonly App[] = [openWebUi, continueDev, zed, cline, cursor, other];
