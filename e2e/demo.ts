import { DEMO_PEOPLE, type DemoUsername, demoPassword, personByName } from '@/db/seed/demo/people';

/*
 * What of the demo belongs to which journey. All journeys share one product, so each that changes something has a
 * challenge and people of its own; then they may run in any order, or one by one. Only the cleanup of everything
 * (admin.spec.ts, its last test) takes what is due then, whatever that is.
 */

export type { DemoUsername };

export interface DemoChallenge {
  id: number;
  title: string;
  /** Hosts who may decide; the journey acts as the first. */
  hosts: readonly [DemoUsername, ...DemoUsername[]];
}

const challenge = <T extends DemoChallenge>(facts: T) => facts;

export const CHALLENGES = {
  /** host.spec.ts: without consent, phases ended. */
  undecided: challenge({ id: 1, title: 'Crop Disease Detection 2026', hosts: ['hanna'] }),
  /** keyboard.spec.ts: its consent was withdrawn long ago. */
  withdrawn: challenge({ id: 11, title: 'Diagram Question Answering', hosts: ['marek', 'hanna'] }),
  /** auditor.spec.ts: with consent, and without an end date, so nothing of it ever goes. */
  openEnded: challenge({ id: 15, title: 'Continual Learning Marathon', hosts: ['lucia'] }),
  /** admin.spec.ts: due as a whole; deleted alone. */
  due: challenge({ id: 7, title: 'Traffic Sign Robustness', hosts: ['hanna'] }),
  /** admin.spec.ts: due, with a hold on one of two submissions that share an object; its plan is approved and run. */
  dueInPart: challenge({ id: 2, title: 'Marine Plastics Segmentation', hosts: ['hanna'] }),
  /** admin.spec.ts: due, and withdrawn between the preview and the run. */
  reconsidered: challenge({ id: 18, title: 'Satellite Flood Mapping', hosts: ['yuki', 'lucia'] }),
  /** admin.spec.ts: one phase due, one under a hold; gets a hold on the whole, and loses it. */
  held: challenge({ id: 14, title: 'Bin Picking under Clutter', hosts: ['lucia'] }),
  /** admin.spec.ts: with a date within 14 days that nobody was told of. */
  unannounced: challenge({ id: 3, title: 'Street-Level Depth Estimation', hosts: ['hanna'] }),
  /** logs.spec.ts: still running, without consent; its workers have logged. */
  logging: challenge({ id: 17, title: 'Household Object Handover', hosts: ['lucia'] }),
  /** holds.spec.ts: announced, its date lies ahead; it is held and released. */
  holdable: challenge({ id: 9, title: 'Cross-Lingual Fact Checking', hosts: ['hanna', 'marek'] }),
  /** why.spec.ts, read only: under a hold for weeks. */
  onHold: challenge({ id: 13, title: 'Embodied Navigation in Homes', hosts: ['lucia'] }),
  /** api.spec.ts: its consent is given and withdrawn by the API. */
  byApi: challenge({ id: 19, title: 'Seasonal Drought Forecast', hosts: ['yuki'] }),
  /** overrides.spec.ts: 90 days of its own; its date lies ahead. */
  shortened: challenge({ id: 12, title: 'Code-Mixed Sentiment Analysis', hosts: ['hanna', 'marek'] }),
  /** Read only: with a shorter period that is scheduled. */
  shortening: challenge({ id: 10, title: 'Long-Document Summarization', hosts: ['hanna', 'marek'] }),
  /** notices.spec.ts: its notice did not reach the second host, who was given up; its date lies ahead. */
  halfTold: challenge({ id: 8, title: 'Low-Resource Speech Translation', hosts: ['hanna', 'marek'] }),
  /** Read only: deleted by the last cleanup of the demo's past. */
  deleted: challenge({ id: 6, title: 'Handwritten Formula Recognition', hosts: ['hanna'] }),
} as const;

export const PEOPLE = {
  admin: 'ada',
  auditor: 'otto',
  host: 'hanna',
  /** Host of one team only, so that other teams' challenges are not hers. */
  otherHost: 'yuki',
  /** Member of `undecided`'s team with the permission Read, and of `held`'s with Restricted. */
  reader: 'jonas',
  /** security.spec.ts: her account is disabled and enabled again; she sees no challenge. */
  dismissed: 'priya',
  /** security.spec.ts: his password is guessed until nobody is let in; no journey signs in as him. */
  besieged: 'viktor',
  /** security.spec.ts: signs out, which ends his sessions everywhere. */
  leaving: 'marek',
  /** Disabled before the demo began. */
  disabled: 'tomas',
} as const satisfies Record<string, DemoUsername>;

export const passwordOf = (username: DemoUsername): string => demoPassword(username);
export const personOf = (username: DemoUsername) => personByName(username);
export const EVERYBODY = DEMO_PEOPLE;
