import { addDays } from '@/lib/platform/clock';
import type { ChallengeScenario } from './scenario';
import type { DemoTimes } from './times';

/** The challenges of the Polar Language Group, where `marek` and `hanna` decide: dates that lie ahead. */
export function languageChallenges(t: DemoTimes): ChallengeScenario[] {
  const team = 'Polar Language Group';
  // Announced by the notices job of the week before, and so a few days away.
  const announced = t.noticesRun(7);
  const announcedLast = t.noticesRun(0);
  return [
    {
      id: 8,
      title: 'Low-Resource Speech Translation',
      team,
      metric: 'BLEU',
      startDate: t.daysAgo(130),
      endDate: addDays(announced, -17),
      consent: [{ action: 'given', by: 'marek', at: addDays(announced, -16), channel: 'browser' }],
      notice: { at: announced, refused: { marek: '550 5.1.1 mailbox unavailable' } },
      phases: [
        {
          name: 'Evaluation',
          startDate: t.daysAgo(130),
          endDate: addDays(announced, -17),
          submissions: 11,
          inputBytes: 12_000,
        },
      ],
    },
    {
      id: 9,
      title: 'Cross-Lingual Fact Checking',
      team,
      metric: 'macro F1',
      startDate: t.daysAgo(125),
      endDate: addDays(announcedLast, -18),
      consent: [{ action: 'given', by: 'hanna', at: addDays(announcedLast, -4), channel: 'browser' }],
      notice: { at: announcedLast },
      phases: [
        {
          name: 'Evaluation',
          startDate: t.daysAgo(125),
          endDate: addDays(announcedLast, -18),
          submissions: 7,
          inputBytes: 7_000,
        },
      ],
    },
    {
      id: 10,
      title: 'Long-Document Summarization',
      team,
      metric: 'ROUGE-L',
      logOverride: 180,
      startDate: t.daysAgo(170),
      endDate: t.daysAgo(55),
      consent: [{ action: 'given', by: 'marek', at: t.daysAgo(50), channel: 'browser' }],
      phases: [
        {
          name: 'Evaluation',
          startDate: t.daysAgo(170),
          endDate: t.daysAgo(55),
          submissions: 6,
          inputBytes: 9_000,
        },
      ],
      holds: [
        {
          matter: 'Audit of the baseline',
          reason: 'The organisers checked the baseline against the submitted summaries.',
          by: 'ada',
          at: t.daysAgo(48),
          released: { by: 'ada', at: t.daysAgo(27), reason: 'The audit is finished, without findings.' },
        },
      ],
      overrideChange: {
        field: 'log_retention_days_override',
        days: 120,
        reason: 'The audit is over, so half a year is longer than anybody needs.',
        by: 'ada',
        at: t.daysAgo(3.1),
      },
    },
    {
      id: 11,
      title: 'Diagram Question Answering',
      team,
      metric: 'accuracy',
      startDate: t.daysAgo(180),
      endDate: t.daysAgo(68),
      consent: [
        { action: 'given', by: 'marek', at: t.daysAgo(66), channel: 'browser' },
        {
          action: 'withdrawn',
          by: 'marek',
          at: t.daysAgo(40),
          channel: 'browser',
          notes: 'We need the answers for a follow-up paper.',
        },
      ],
      // Announced, and withdrawn before the date.
      notice: { at: t.noticesRun(45) },
      phases: [
        {
          name: 'Test',
          startDate: t.daysAgo(180),
          endDate: t.daysAgo(68),
          submissions: 8,
          inputBytes: 6_000,
        },
      ],
    },
    {
      id: 12,
      title: 'Code-Mixed Sentiment Analysis',
      team,
      metric: 'weighted F1',
      artifactOverride: 90,
      startDate: t.daysAgo(175),
      endDate: t.daysAgo(62),
      consent: [
        { action: 'given', by: 'hanna', at: t.daysAgo(57), channel: 'browser' },
        {
          action: 'withdrawn',
          by: 'marek',
          at: t.daysAgo(41),
          channel: 'api',
          notes: 'Not before the workshop; please ask me first.',
        },
        {
          action: 'given',
          by: 'marek',
          at: t.daysAgo(18),
          channel: 'browser',
          notes: 'The workshop is over. Ninety days are enough.',
        },
      ],
      phases: [
        {
          name: 'Shared task',
          startDate: t.daysAgo(175),
          endDate: t.daysAgo(62),
          submissions: 7,
          inputBytes: 5_000,
        },
      ],
    },
  ];
}
