import { addDays } from '@/lib/platform/clock';
import type { ChallengeScenario } from './scenario';
import type { DemoTimes } from './times';

/** The challenges of the Harbour Climate Institute, where `yuki` decides: paused, blocked and still being processed. */
export function climateChallenges(t: DemoTimes): ChallengeScenario[] {
  const team = 'Harbour Climate Institute';
  const announced = t.noticesRun(20);
  return [
    {
      id: 18,
      title: 'Satellite Flood Mapping',
      team,
      metric: 'mean IoU',
      startDate: t.daysAgo(150),
      endDate: t.daysAgo(61),
      consent: [{ action: 'given', by: 'yuki', at: addDays(announced, -2), channel: 'browser' }],
      notice: { at: announced },
      phases: [
        {
          name: 'Test',
          startDate: t.daysAgo(150),
          endDate: t.daysAgo(61),
          submissions: 10,
          inputBytes: 8_000,
          special: {
            0: { status: 'submitted' },
            1: { status: 'queued' },
            2: { status: 'running' },
            3: { status: 'resuming' },
            4: { status: 'submitting' },
            5: { status: 'partially_evaluated' },
            6: { status: 'archived' },
            7: { status: 'failed' },
            8: { status: 'cancelled' },
          },
        },
      ],
    },
    {
      id: 19,
      title: 'Seasonal Drought Forecast',
      team,
      metric: 'CRPS',
      disabledAt: t.daysAgo(15),
      startDate: t.daysAgo(165),
      endDate: t.daysAgo(72),
      consent: [{ action: 'given', by: 'yuki', at: addDays(announced, -4), channel: 'browser' }],
      notice: { at: announced },
      phases: [
        {
          name: 'Hindcast',
          startDate: t.daysAgo(165),
          endDate: t.daysAgo(72),
          submissions: 5,
          inputBytes: 10_000,
        },
      ],
    },
    {
      id: 20,
      title: 'Glacier Front Tracking',
      team,
      metric: 'mean distance error (m)',
      vanishedAt: t.daysAgo(11),
      startDate: t.daysAgo(155),
      endDate: t.daysAgo(78),
      consent: [{ action: 'given', by: 'yuki', at: addDays(announced, -6), channel: 'import' }],
      notice: { at: announced },
      phases: [
        {
          name: 'Test',
          startDate: t.daysAgo(155),
          endDate: t.daysAgo(78),
          submissions: 5,
          inputBytes: 6_000,
        },
      ],
    },
    {
      id: 21,
      title: 'Urban Sound Classification',
      team,
      metric: 'macro F1',
      startDate: t.daysAgo(145),
      endDate: t.daysAgo(59),
      consent: [{ action: 'given', by: 'yuki', at: addDays(announced, -3), channel: 'browser' }],
      notice: {
        at: announced,
        failure: 'the mail server did not answer in time (mail.harbour-climate.example:587)',
      },
      phases: [
        {
          name: 'Test',
          startDate: t.daysAgo(145),
          endDate: t.daysAgo(59),
          submissions: 7,
          inputBytes: 7_000,
        },
      ],
    },
    {
      id: 22,
      title: 'Coastal Erosion Prediction',
      team,
      metric: 'RMSE (m)',
      approved: false,
      startDate: t.daysAgo(-20),
      endDate: t.daysAgo(-110),
      phases: [{ name: 'Development', startDate: t.daysAgo(-20), endDate: t.daysAgo(-110), submissions: 0 }],
    },
  ];
}
