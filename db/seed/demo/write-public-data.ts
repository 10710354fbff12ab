import {
  anonymousFiles,
  anonymousHolds,
  meetingConsents,
  meetings,
  publicPolicies,
  recordings,
  transcripts,
} from '@/db/schema/anonymous';
import { type Actor, recordedActor } from '@/lib/people/actor';
import type { ObjectStorage } from '@/lib/platform/storage/object-storage';
import { runAtOnce } from '@/lib/platform/storage/run-at-once';
import type { BuiltPublicData } from './build-public-data';
import { personActor, type Teller, tell } from './history';
import { personByName } from './people';
import type { PolicyScenario } from './public-data';
import { replayAnonymousCleanup } from './replay-anonymous-cleanup';

const AT_ONCE = 16;

/** Writes the files that are there when the demo begins; the same keys each time. Returns how many. */
export async function writePublicFiles(storage: ObjectStorage, { files }: BuiltPublicData): Promise<number> {
  const there = files.filter(({ isGone }) => !isGone);
  await runAtOnce(AT_ONCE, there, ({ storageKey, body }) => storage.put(storageKey, body));
  return there.length;
}

/** Lets the history of public data happen in its order: policies, what arrived, a hold, and the runs of the schedule. */
export async function writePublicData(teller: Teller, built: BuiltPublicData): Promise<void> {
  const { policies, runs } = built.scenario;
  const steps = [
    ...policies.slice(1).map((policy, index) => ({
      at: policy.at,
      replay: () => writePolicy(teller, policy, policies[index]),
    })),
    ...runs.map((at) => ({ at, replay: () => replayAnonymousCleanup(teller, at, built) })),
  ];
  steps.sort((one, other) => one.at.getTime() - other.at.getTime());
  const [first] = policies;
  if (first) await writePolicy(teller, first, undefined);
  await writeRows(teller, built);
  await writeHolds(teller, built);
  for (const step of steps) await step.replay();
}

const START: Actor = { type: 'system', job: 'start' };

async function writePolicy(
  teller: Teller,
  { at, retentionDays }: PolicyScenario,
  before: PolicyScenario | undefined,
): Promise<void> {
  await teller.tx.insert(publicPolicies).values({
    id: teller.random.idAt(at),
    publicMode: true,
    retentionDays,
    inForceFrom: at,
    recordedByActor: recordedActor(START),
  });
  await tell(teller, {
    at,
    actor: START,
    action: 'public-policy.change',
    target: 'public-policy',
    reason: 'The environment asks for it: PUBLIC_MODE, PUBLIC_DATA_RETENTION_DAYS',
    oldValue: before ? { publicMode: true, retentionDays: before.retentionDays } : null,
    newValue: { publicMode: true, retentionDays },
  });
}

async function writeRows({ tx }: Teller, built: BuiltPublicData): Promise<void> {
  await tx.insert(meetings).values(built.meetings);
  await tx.insert(recordings).values(built.recordings);
  await tx.insert(transcripts).values(built.transcripts.map(({ scenario: _, ...row }) => row));
  await tx.insert(meetingConsents).values(built.consents);
  await tx.insert(anonymousFiles).values(built.files.map(({ row }) => row));
}

async function writeHolds(teller: Teller, { transcripts: all }: BuiltPublicData): Promise<void> {
  for (const { id: transcriptId, scenario } of all) {
    if (!scenario.held) continue;
    const { at, by, matter, reason } = scenario.held;
    const actor = personActor(by);
    const id = teller.random.idAt(at);
    await teller.tx.insert(anonymousHolds).values({
      ...{ id, transcriptId, matter, reason, placedAt: at },
      placedBy: personByName(by).id,
      placedByActor: recordedActor(actor),
    });
    const newValue = { holdId: id, matter, transcriptId, filesBeingDeleted: 0 };
    const target = `transcript:${transcriptId}`;
    await tell(teller, { at, actor, action: 'anonymous-hold.place', target, reason, newValue });
  }
}
