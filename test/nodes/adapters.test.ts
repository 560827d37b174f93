// Every kind of node against what real servers of that kind were recorded to say.
import { adapterSuite } from "./adapter-suite.ts";
import { recordedLlamaServer, recordedOllama, recordedOpenAi, recordedRouter } from "./recorded-nodes.ts";

adapterSuite("recorded replies", "ollama", recordedOllama);
adapterSuite("recorded replies of one model", "llama-server", recordedLlamaServer);
adapterSuite("recorded replies of a router", "llama-server", recordedRouter);
adapterSuite("replies of the public contract", "openai-compatible", recordedOpenAi);
