// The apps of the Connect page in English: what each is, what its snippets are for, and what a person has to know. What is copied is no language.

/** What tells one snippet of an app from another. */
const snippets = {
  posix: "macOS, Linux",
  powershell: "Windows PowerShell",
  python: "Python",
  javascript: "JavaScript",
  settings: "Settings",
  containerAsOpenai: "Container, as OpenAI",
  containerAsOllama: "Container, as Ollama",
  thisComputer: "On this computer",
  forOpenai: "Made for OpenAI",
  forAnthropic: "Made for Anthropic",
  forOllama: "Made for Ollama",
} as const;

/** The fields of an app whose own names for them nobody knows. */
const fields = {
  openaiUrl: "OpenAI API URL",
  ollamaUrl: "Ollama API URL",
  baseUrl: "Base URL",
  host: "Host",
  apiKey: "API key",
  model: "Model",
} as const;

const pasteKey = "Put your own key where YOUR-KEY stands. Homeport never shows it.";

/** In `notes`, what always holds. */
const apps = {
  openai: {
    name: "OpenAI libraries",
    about: "Python, JavaScript, and programs made with them",
    notes: [
      "The address ends in /v1. Any model of the Models page can be named, aliases too.",
      "Most programs made with these libraries read the two variables, or have a field called base URL.",
    ],
  },
  "claude-code": {
    name: "Claude Code",
    about: "Set these before you start it",
    notes: [
      "The address has no /v1. The key variable of Anthropic's own service is taken away, because two keys at once confuse it.",
      "It asks a small model in the background. All three names point at your model, so that nothing goes elsewhere.",
      "Set these in your shell or your own settings, not in a project's file that others get with the code.",
    ],
  },
  anthropic: {
    name: "Anthropic libraries",
    about: "Python and JavaScript",
    notes: ["The address has no /v1: these libraries add it themselves."],
  },
  ollama: {
    name: "Ollama",
    about: "Its command line, its libraries, and apps made for it",
    notes: [
      "Apps with a field for Ollama's address take the same address, without a path.",
      "An app that can only use port 11434 needs that port: stop Ollama, move it to another port, and set Homeport's port to 11434.",
    ],
    noteWithKey: "Ollama's command line cannot send a key, so it is turned away while the gateway asks for one.",
  },
  curl: {
    name: "curl",
    about: "One line in a shell",
    notes: ["It works with a key and without one: while none is asked for, any text passes."],
  },
  "open-webui": {
    name: "Open WebUI",
    about: "In a container, or installed on this computer",
    notes: [
      "In a container 127.0.0.1 is the container itself. Name host.docker.internal under Callers in the settings; otherwise Homeport turns it away.",
      "One of the two forms is enough: OpenAI for all models, Ollama if you want its model details too.",
      "On this computer the addresses go into Admin Panel, Settings, Connections.",
    ],
  },
  continue: { name: "Continue", about: "In its config.yaml", notes: [] },
  zed: {
    name: "Zed",
    about: "In its settings.json",
    notes: ["Zed lists every model by itself and asks for them as Ollama's."],
    noteWithKey: "Give it your own key in the Agent panel's settings, under Ollama.",
  },
  cline: {
    name: "Cline",
    about: "In its settings, API provider “OpenAI Compatible”",
    notes: ["Or choose Ollama as the provider, with the address without /v1."],
  },
  cursor: {
    name: "Cursor",
    about: "Cannot reach a gateway at home",
    notes: [
      "Cursor's own servers make the call, from the internet. They cannot reach 127.0.0.1 or an address of your network, whatever you write there.",
      "It would only work if Homeport were open to the internet, with a key, behind a proxy of your own. Homeport does not do that for you.",
      "Continue, Cline and Zed call from your computer and work as they are.",
    ],
  },
  other: {
    name: "Any other app",
    about: "What to put into its fields",
    notes: ["If it refuses the address, try it with and without /v1 at the end."],
  },
} as const;

export const connectApps = { snippets, fields, pasteKey, apps } as const;
