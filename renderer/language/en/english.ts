// English, area by area.
import { activity } from "./activity.ts";
import { connect } from "./connect.ts";
import { common } from "./everywhere.ts";
import { fetching } from "./fetching.ts";
import { finding } from "./finding.ts";
import { frame } from "./frame.ts";
import { loading } from "./loading.ts";
import { models } from "./models.ts";
import { nodeForms } from "./node-forms.ts";
import { nodeModels } from "./node-models.ts";
import { nodeStory } from "./node-story.ts";
import { nodes } from "./nodes.ts";
import { palette } from "./palette.ts";
import { queues } from "./queues.ts";
import { request } from "./request.ts";
import { routing } from "./routing.ts";
import { routingAuto } from "./routing-auto.ts";
import { routingDraft } from "./routing-draft.ts";
import { routingForms } from "./routing-forms.ts";
import { settings } from "./settings.ts";
import { standing } from "./standing.ts";
import { usage } from "./usage.ts";
import { vocabulary } from "./vocabulary.ts";

export const english = {
  common,
  frame,
  palette,
  vocabulary,
  activity,
  request,
  connect,
  fetching,
  loading,
  models,
  finding,
  settings,
  usage,
  nodes,
  nodeModels,
  queues,
  routing,
  routingAuto,
  routingDraft,
  routingForms,
  nodeForms,
  nodeStory,
  standing,
} as const;
