// Standing messages, each with a way on: the line to the engine, the demo, paused routing, and what the engine itself reports.
import { CircleAlert, Eye, FlaskConical, Info, TriangleAlert, Unplug } from "lucide-react";
import type { ReactNode } from "react";
import type { Snapshot } from "../../src-core/contract/api.ts";
import type { CaptureState } from "../../src-core/contract/capture.ts";
import { capturedSays } from "../activity/capture-words.ts";
import { useAction, useHome, useWindowState } from "../client/home.ts";
import type { Line } from "../client/store.ts";
import { useNow } from "../client/ticker.ts";
import { age, countdown } from "../format.ts";
import { Rich } from "../language/Rich.tsx";
import { words } from "../language/words.ts";

const { common } = words;
const { banners, pausing } = words.frame;

export function Banners() {
  const { line, snapshot } = useWindowState();
  return (
    <div role="status" aria-label={banners.title}>
      <LineBanner line={line} snapshot={snapshot} />
      {snapshot?.app.demo === true && (
        <Banner level="demo" icon={<FlaskConical size={16} aria-hidden="true" />} title={banners.demoTitle}>
          {banners.demoSays}
        </Banner>
      )}
      {snapshot?.fleet.paused !== undefined && <PausedBanner until={snapshot.fleet.paused.until} />}
      {snapshot?.capture !== undefined && <CaptureBanner capture={snapshot.capture} gateway={snapshot.gateway} />}
      {snapshot?.banners.map((banner) => (
        <Banner
          key={banner.id}
          level={banner.level}
          icon={icons[banner.level]}
          title={banner.title}
          action={banner.action === "retryNats" && <RetryNats />}
        >
          {banner.body}
        </Banner>
      ))}
    </div>
  );
}

const icons = {
  info: <Info size={16} aria-hidden="true" />,
  warning: <TriangleAlert size={16} aria-hidden="true" />,
  error: <CircleAlert size={16} aria-hidden="true" />,
} as const;

interface BannerProps {
  readonly level: "info" | "warning" | "error" | "demo";
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

function Banner({ level, icon, title, children, action }: BannerProps) {
  return (
    <div className={`banner banner-${level}`}>
      {icon}
      <p>
        <strong>{title}</strong> {children}
      </p>
      {action}
    </div>
  );
}

function LineBanner({ line, snapshot }: { readonly line: Line; readonly snapshot: Snapshot | undefined }) {
  if (snapshot === undefined || line.state === "connected" || line.state === "connecting") return null;
  const icon = <Unplug size={16} aria-hidden="true" />;
  if (line.state === "refused") {
    return (
      <Banner level="error" icon={icon} title={banners.refusedTitle}>
        {line.failure.message}
      </Banner>
    );
  }
  return (
    <Banner level="error" icon={icon} title={banners.silentTitle}>
      <Rich text={banners.silentSays} parts={{ age: <StateAge at={snapshot.now} /> }} />
    </Banner>
  );
}

function RetryNats() {
  const { client } = useHome();
  const { busy, run } = useAction();
  const retry = () => void run(() => client.retryNats({}), { failed: banners.retryNatsFailed });
  return (
    <button type="button" className="button small" disabled={busy} onClick={retry}>
      {common.tryAgain}
    </button>
  );
}

/** Kept apart so that only these few words render again each second. Not announced each time: the region would never be quiet. */
function StateAge({ at }: { readonly at: number }) {
  return <span aria-live="off">{age(at, useNow())}</span>;
}

/** Stands in every page while anything is captured (S-82). */
function CaptureBanner({ capture, gateway }: { readonly capture: CaptureState; readonly gateway: Snapshot["gateway"] }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const stop = () => void run(() => client.stopCapture({}), { failed: banners.captureStopFailed, done: banners.captureStopped });
  return (
    <Banner
      level="warning"
      icon={<Eye size={16} aria-hidden="true" />}
      title={banners.captureTitle}
      action={
        <button type="button" className="button small" disabled={busy} onClick={stop}>
          {banners.captureStopButton}
        </button>
      }
    >
      <Rich
        text={banners.captureSays}
        parts={{
          left: <Left until={capture.until} />,
          what: capturedSays(capture, gateway),
          soFar: <span aria-live="off">{banners.captureSoFar(capture.requests.length)}</span>,
        }}
      />
    </Banner>
  );
}

function PausedBanner({ until }: { readonly until: number | null }) {
  const { client } = useHome();
  const { busy, run } = useAction();
  const resume = () => void run(() => client.resumeRouting({}), { failed: pausing.resumeFailed, done: pausing.resumed });
  return (
    <Banner
      level="warning"
      icon={icons.warning}
      title={banners.pausedTitle}
      action={
        <button type="button" className="button small" disabled={busy} onClick={resume}>
          {banners.pausedResumeButton}
        </button>
      }
    >
      {until === null ? banners.pausedOpen : <Rich text={banners.pausedFor} parts={{ left: <Left until={until} /> }} />}
    </Banner>
  );
}

function Left({ until }: { readonly until: number }) {
  return <span aria-live="off">{banners.left(countdown(until, useNow()))}</span>;
}
