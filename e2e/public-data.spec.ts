import { PEOPLE } from './demo';
import { expect, test } from './fixtures';
import { CleanupRunPage, RunPlanDialog } from './pages/cleanup-pages';
import { HoldsPage, placeInDialog } from './pages/hold-pages';
import { PublicDataPage, TranscriptPage, TranscriptsPage } from './pages/public-data-pages';
import { objectsOnDisk } from './product';
import { visit } from './visit';

// The demo's public mode has been on for weeks; 6 days ago its period became 7 days instead of 30. The product of the journeys
// starts with the same, so nothing of this changes when it does.

test('an admin sees what of public data goes, holds one, runs the rest, and sees it gone (R2, R3, R4, L3, L6, E11)', async ({
  as,
}) => {
  test.slow();
  const page = await as(PEOPLE.admin);
  const publicData = new PublicDataPage(page);
  const transcripts = new TranscriptsPage(page);
  const transcript = new TranscriptPage(page);

  await test.step('the page says what is due, what stays and why, and when the shorter period takes effect', async () => {
    await publicData.open();
    await expect(publicData.answer).toContainText('deletes 5 transcripts, 2 recordings and 2 meetings (');
    await expect(publicData.kept).toContainText('Under a hold');
    await expect(publicData.kept).toContainText('Without a creation time');
    const note = page.getByRole('note').filter({ hasText: 'The policy takes effect for older data on' });
    await expect(note).toBeVisible();
    await expect(publicData.policies).toContainText('On: after 7 days');
    await expect(publicData.coming.locator('tbody').getByRole('row').first()).toContainText('Due now');
  });

  await transcripts.open({ reason: 'due' });
  await expect(transcripts.rows).toHaveCount(5);
  const due = await transcripts.ids();
  const [held = ''] = due.slice(1, 2);
  await test.step('a hold keeps one of them', async () => {
    await transcript.open(held);
    await expect(transcript.answer).toContainText('It is due');
    await page.getByRole('button', { name: 'Place a hold' }).click();
    await placeInDialog(page.getByRole('dialog'), 'Public data journey', 'To see that it stays.');
    await expect(transcript.answer).toContainText('a hold keeps it');
  });

  const before = objectsOnDisk();
  const going = due.filter((id) => id !== held);
  await publicData.open();
  const plan = await publicData.makePlan();
  await test.step('the plan names each transcript, with what goes and what stays', async () => {
    await expect(plan.figure('Transcripts')).toHaveText('4');
    const rows = page
      .getByRole('table', { name: 'Transcripts of the plan' })
      .locator('tbody')
      .getByRole('row');
    for (const id of going) await expect(rows.filter({ hasText: id })).toContainText('Goes');
    await expect(rows.filter({ hasText: held })).toContainText('A hold is in place');
  });

  const run = new CleanupRunPage(page);
  await test.step('the run asks for the number of transcripts, and ends', async () => {
    const dialog = new RunPlanDialog(page);
    await plan.run.click();
    await dialog.confirmation.fill('delete everything');
    await dialog.confirm.click();
    await expect(dialog.root).toContainText("That was something else: type 'delete 4 transcripts'");
    await dialog.confirmation.fill('delete 4 transcripts');
    await dialog.confirm.click();
    await page.waitForURL(/\/cleanup\/runs\/[0-9a-f-]{36}$/);
    await expect(run.state).toHaveText('Succeeded', { timeout: 60_000 });
    await expect(run.figure('Transcripts deleted')).toHaveText('4');
    await expect(run.figure('Meetings deleted')).toHaveText('2');
  });

  const gone = await run.receiptKeys();
  await test.step('disk and receipts tell the same, and what a transcript shares with an owned one stays', async () => {
    expect(objectsOnDisk()).toEqual(new Map([...before].filter(([key]) => !gone.includes(key))));
    for (const id of going)
      expect(
        gone.filter((key) => key.includes(id)),
        id,
      ).toHaveLength(3);
    await transcripts.open({ q: 'notes of the chair' });
    const [chair = ''] = await transcripts.ids();
    await transcript.open(chair);
    await expect(transcript.file('recording', 'Recording')).toContainText('There');
    await expect(transcript.file('meeting', 'Composed video')).toContainText('There');
  });

  await test.step('a transcript that is gone leads to its receipts', async () => {
    await transcript.open(going[0] ?? '');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Deleted transcript');
    await page
      .getByRole('link', { name: /^Receipt for / })
      .first()
      .click();
    await page.waitForURL(/\/cleanup\/receipts\//);
    await expect(page.getByRole('region', { name: 'On whose word' })).toContainText(
      'public-1, on: after 30 days',
    );
    await publicData.open();
    await expect(publicData.runs.locator('tbody').getByRole('row').first()).toContainText('4 transcripts');
  });
});

test('an auditor sees public data and cannot run anything; a host sees nothing of it (L8)', async ({
  as,
}) => {
  const auditor = await as(PEOPLE.auditor);
  const publicData = new PublicDataPage(auditor);
  expect(await publicData.open()).toBe(200);
  await expect(publicData.preview).toHaveCount(0);
  await publicData.kept.getByRole('link', { name: 'Under a hold' }).click();
  await auditor.waitForURL(/reason=held/);
  const complaint = new TranscriptsPage(auditor).rows.filter({ hasText: 'Complaint of a visitor' });
  await complaint.getByRole('link').click();
  await auditor.waitForURL(/\/transcripts\/[0-9a-f-]{36}$/);
  const transcript = new TranscriptPage(auditor);
  const held = new URL(auditor.url()).pathname;
  await expect(transcript.holds).toContainText('Complaint 2026-17');
  await expect(auditor.getByRole('button', { name: /hold|Release/i })).toHaveCount(0);

  await test.step('the page of all holds has it as well', async () => {
    const holds = new HoldsPage(auditor);
    await holds.open({ on: 'public-data' });
    await expect(holds.answer).toContainText(/keeps? public data from being deleted/);
    await holds.onPublicData.getByRole('link', { name: 'Complaint of a visitor' }).click();
    await auditor.waitForURL((url) => url.pathname === held);
  });

  const host = await as(PEOPLE.host);
  for (const path of ['/public-data', '/public-data/transcripts', held]) {
    expect(await visit(host, path), path).toBe(403);
  }
  expect(await visit(auditor, '/public-data/transcripts/no-such-transcript')).toBe(404);
});
