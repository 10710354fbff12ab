import { addDays } from '@/lib/platform/clock';
import type { ChallengeScenario } from './scenario';
import type { DemoTimes } from './times';

/** The challenges of the Riverside Vision Lab, where `hanna` decides: the main journey is the first. */
export function visionChallenges(t: DemoTimes): ChallengeScenario[] {
  const team = 'Riverside Vision Lab';
  // Consent came in the week before the notices job, so that job was the first that could announce.
  const announced = t.noticesRun(20);
  const lastCleanup = t.cleanupRun(14);
  const announcedForLastCleanup = t.noticesRunBefore(addDays(lastCleanup, -15));
  return [
    {
      id: 1,
      title: 'Crop Disease Detection 2026',
      team,
      metric: 'mAP@0.5',
      startDate: t.daysAgo(150),
      endDate: t.daysAgo(47),
      phases: [
        {
          name: 'Development',
          startDate: t.daysAgo(150),
          endDate: t.daysAgo(82),
          submissions: 16,
          inputBytes: 60_000,
          special: { 4: { status: 'failed' }, 9: { status: 'cancelled' } },
        },
        {
          name: 'Final test',
          startDate: t.daysAgo(82),
          endDate: t.daysAgo(47),
          submissions: 10,
          inputBytes: 140_000,
        },
      ],
    },
    {
      id: 2,
      title: 'Marine Plastics Segmentation',
      team,
      metric: 'mean IoU',
      startDate: t.daysAgo(190),
      endDate: t.daysAgo(58),
      consent: [
        {
          action: 'given',
          by: 'hanna',
          at: addDays(announced, -3),
          channel: 'browser',
          notes: 'Agreed in our lab meeting.',
        },
      ],
      notice: { at: announced },
      phases: [
        {
          name: 'Validation',
          startDate: t.daysAgo(190),
          endDate: t.daysAgo(96),
          submissions: 28,
          inputBytes: 14_000,
          special: {
            3: { status: 'failed' },
            6: { sharesInputWith: 5 },
            11: { absent: 'environment_log_file' },
            14: { unknownSize: 'input_file' },
            17: { status: 'partially_evaluated' },
            20: {
              postponed: {
                until: t.daysAgo(-60),
                reason: 'The jury asked to look at this entry once more.',
                by: 'viktor',
                at: addDays(announced, -1),
              },
            },
            // Its twin is held, so the object they share stays as long as the hold does.
            24: { sharesInputWith: 23 },
          },
        },
        {
          name: 'Test',
          startDate: t.daysAgo(96),
          endDate: t.daysAgo(58),
          submissions: 14,
          inputBytes: 24_000,
          special: { 2: { status: 'archived' } },
        },
      ],
      holds: [
        {
          submission: { phase: 0, at: 23 },
          matter: 'Prize dispute 2026-03',
          reason: 'Two teams claim the same method; the files are evidence until the committee has decided.',
          by: 'viktor',
          at: t.daysAgo(16),
        },
      ],
    },
    {
      id: 3,
      title: 'Street-Level Depth Estimation',
      team,
      metric: 'RMSE (m)',
      startDate: t.daysAgo(120),
      endDate: t.daysAgo(36),
      // After the last notices job, so that the next one has something to announce.
      consent: [
        {
          action: 'given',
          by: 'hanna',
          at: new Date(Math.max(t.hoursAgo(6).getTime(), (t.noticesRun(0).getTime() + t.now.getTime()) / 2)),
          channel: 'browser',
        },
      ],
      phases: [
        {
          name: 'Test',
          startDate: t.daysAgo(120),
          endDate: t.daysAgo(36),
          submissions: 9,
          inputBytes: 20_000,
        },
      ],
    },
    {
      id: 4,
      title: 'Wildlife Camera Traps',
      team,
      metric: 'macro F1',
      startDate: t.daysAgo(210),
      endDate: t.daysAgo(70),
      consent: [{ action: 'given', by: 'hanna', at: t.daysAgo(65), channel: 'browser' }],
      phases: [
        {
          name: 'Public leaderboard',
          startDate: t.daysAgo(210),
          endDate: t.daysAgo(70),
          isPublic: true,
          submissions: 8,
          inputBytes: 9_000,
        },
      ],
    },
    {
      id: 5,
      title: 'Private Radiology Triage',
      team,
      metric: 'AUROC',
      useHostCredentials: true,
      startDate: t.daysAgo(160),
      endDate: t.daysAgo(75),
      consent: [{ action: 'given', by: 'hanna', at: t.daysAgo(60), channel: 'api' }],
      phases: [{ name: 'Test', startDate: t.daysAgo(160), endDate: t.daysAgo(75), submissions: 5 }],
    },
    {
      id: 6,
      title: 'Handwritten Formula Recognition',
      team,
      metric: 'exact match',
      startDate: t.daysAgo(300),
      endDate: addDays(lastCleanup, -62),
      consent: [
        { action: 'given', by: 'hanna', at: addDays(announcedForLastCleanup, -3), channel: 'browser' },
      ],
      notice: { at: announcedForLastCleanup },
      deletedAt: lastCleanup,
      phases: [
        {
          name: 'Final',
          startDate: t.daysAgo(300),
          endDate: addDays(lastCleanup, -62),
          submissions: 12,
          inputBytes: 18_000,
          special: { 7: { absent: 'stderr_file' } },
        },
      ],
    },
    {
      id: 7,
      title: 'Traffic Sign Robustness',
      team,
      metric: 'accuracy under corruption',
      artifactOverride: 14,
      startDate: t.daysAgo(140),
      endDate: t.daysAgo(40),
      consent: [
        {
          action: 'given',
          by: 'hanna',
          at: addDays(announced, -4),
          channel: 'browser',
          notes: 'We keep our own copies.',
        },
      ],
      notice: { at: announced },
      phases: [
        {
          name: 'Test',
          startDate: t.daysAgo(140),
          endDate: t.daysAgo(40),
          submissions: 6,
          inputBytes: 8_000,
        },
      ],
    },
  ];
}
