// The figures of the settings, section by section: what each is, and what it is good for.

export const figures = {
  breaker: {
    title: "Breaker",
    about: "After this many failures a node gets no requests for a while; then one request at a time tests it.",
    saveButton: "Save breaker",
    saved: "Breaker saved",
    fields: {
      failures: { label: "Failures", hint: "within the window" },
      windowSeconds: { label: "Window in seconds" },
      openSeconds: { label: "Pause in seconds", hint: "doubles while it keeps failing" },
      maxOpenSeconds: { label: "Longest pause in seconds" },
    },
  },
  requests: {
    title: "Requests",
    about: "How long a request may take, and how many may wait.",
    saveButton: "Save requests",
    saved: "Requests saved",
    fields: {
      deadlineSeconds: { label: "Longest life in seconds", hint: "waiting included; a load may extend it" },
      firstByteSeconds: { label: "First word within, in seconds", hint: "on a model in memory; long prompts get more" },
      betweenChunksSeconds: { label: "Longest silence in seconds", hint: "of a node in the middle of an answer" },
      clientStallSeconds: { label: "Longest stall in seconds", hint: "of an app that stops reading" },
      queueDepth: { label: "Waiting at most", hint: "requests for one model" },
      maxAttempts: { label: "Attempts at most", hint: "for one request" },
    },
  },
  loads: {
    title: "Loads",
    about: "How long bringing a model into memory may take.",
    saveButton: "Save loads",
    saved: "Loads saved",
    fields: {
      minSeconds: { label: "At least, in seconds", hint: "before a load is given up" },
      maxSeconds: { label: "At most, in seconds" },
      stallSeconds: { label: "Stuck after, in seconds", hint: "without any progress" },
      orphanSeconds: { label: "Given up after, in seconds", hint: "when nobody waits for it any more" },
    },
  },
  polling: {
    title: "Checks",
    about: "How often nodes are asked how they are.",
    saveButton: "Save checks",
    saved: "Checks saved",
    fields: {
      activeSeconds: {
        label: "Every so many seconds",
        hint: "while a window is open or there is traffic; on battery only for a window",
      },
      idleSeconds: { label: "At rest, in seconds" },
      timeoutSeconds: { label: "Answer within, in seconds" },
      missesBeforeDown: { label: "Misses until it is down" },
    },
  },
} as const;
