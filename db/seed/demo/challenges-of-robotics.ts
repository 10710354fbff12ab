import { addDays } from '@/lib/platform/clock';
import type { ChallengeScenario } from './scenario';
import type { DemoTimes } from './times';

/** The challenges of the Open Robotics Collective, where `lucia` decides: holds, open ends and a stubborn object. */
export function roboticsChallenges(t: DemoTimes): ChallengeScenario[] {
  const team = 'Open Robotics Collective';
  const announced = t.noticesRun(20);
  const lastCleanup = t.cleanupRun(14);
  const announcedForLastCleanup = t.noticesRunBefore(addDays(lastCleanup, -15));
  return [
    {
      id: 13,
      title: 'Embodied Navigation in Homes',
      team,
      metric: 'SPL',
      startDate: t.daysAgo(200),
      endDate: t.daysAgo(90),
      consent: [{ action: 'given', by: 'lucia', at: addDays(announced, -2), channel: 'browser' }],
      notice: { at: announced },
      phases: [
        {
          name: 'Test',
          startDate: t.daysAgo(200),
          endDate: t.daysAgo(90),
          submissions: 8,
          inputBytes: 8_000,
        },
      ],
      holds: [
        {
          matter: 'Case 26-1184',
          reason: 'Legal counsel asked to keep everything that concerns the sponsor of this challenge.',
          by: 'ada',
          at: t.daysAgo(19),
        },
      ],
    },
    {
      id: 14,
      title: 'Bin Picking under Clutter',
      team,
      metric: 'grasp success',
      startDate: t.daysAgo(185),
      endDate: t.daysAgo(64),
      consent: [{ action: 'given', by: 'lucia', at: addDays(announced, -5), channel: 'browser' }],
      notice: { at: announced },
      phases: [
        {
          name: 'Simulation',
          startDate: t.daysAgo(185),
          endDate: t.daysAgo(110),
          submissions: 6,
          inputBytes: 7_000,
        },
        {
          name: 'Real robot',
          startDate: t.daysAgo(110),
          endDate: t.daysAgo(64),
          submissions: 5,
          inputBytes: 11_000,
        },
      ],
      holds: [
        {
          phase: 1,
          matter: 'Incident report, arm 3',
          reason: 'The recordings of the real robot are part of a safety report.',
          by: 'viktor',
          at: t.daysAgo(18),
        },
      ],
    },
    {
      id: 15,
      title: 'Continual Learning Marathon',
      team,
      metric: 'average accuracy',
      startDate: t.daysAgo(400),
      endDate: null,
      consent: [{ action: 'given', by: 'lucia', at: t.daysAgo(39), channel: 'browser' }],
      phases: [
        {
          name: 'Open-ended',
          startDate: t.daysAgo(400),
          endDate: null,
          submissions: 7,
          inputBytes: 6_000,
          special: { 6: { status: 'queued' } },
        },
      ],
    },
    {
      id: 16,
      title: 'Drone Landing on Moving Decks',
      team,
      metric: 'landing error (cm)',
      startDate: t.daysAgo(280),
      endDate: addDays(lastCleanup, -66),
      consent: [
        { action: 'given', by: 'lucia', at: addDays(announcedForLastCleanup, -1), channel: 'browser' },
      ],
      notice: { at: announcedForLastCleanup },
      deletedAt: lastCleanup,
      phases: [
        {
          name: 'Flight tests',
          startDate: t.daysAgo(280),
          endDate: addDays(lastCleanup, -66),
          submissions: 6,
          inputBytes: 9_000,
          special: { 3: { failing: 'submission_result_file' } },
        },
      ],
    },
    {
      id: 17,
      title: 'Household Object Handover',
      team,
      metric: 'handover success',
      startDate: t.daysAgo(25),
      endDate: t.daysAgo(-40),
      phases: [
        {
          name: 'Warm-up',
          startDate: t.daysAgo(25),
          endDate: t.daysAgo(-12),
          isPublic: true,
          submissions: 5,
          inputBytes: 5_000,
          special: { 3: { status: 'running' }, 4: { status: 'submitted' } },
        },
        { name: 'Final', startDate: t.daysAgo(-12), endDate: t.daysAgo(-40), submissions: 0 },
      ],
    },
  ];
}
