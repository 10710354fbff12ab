import type { Plan } from '@/lib/deletion/source';
import { PUBLIC_DATA_PATH } from '../public-data/public-data-href';
import type { Crumb } from '../ui/breadcrumb';
import { isAnonymous } from './plan-words';

type OfSource = Pick<Plan, 'source'>;

/** Plans, runs and receipts of both sources have the same pages, each below the lists of its own source. */
export const planCrumbs = (plan: OfSource): Crumb[] => crumbs(plan, 'Plans', 'plans');
export const runCrumbs = (run: OfSource): Crumb[] => crumbs(run, 'Runs', 'runs');

function crumbs(of: OfSource, label: string, path: string): Crumb[] {
  const [name, home] = isAnonymous(of) ? ['Public data', PUBLIC_DATA_PATH] : ['Cleanup', '/cleanup'];
  return [
    { label: name, href: home },
    { label, href: `${home}/${path}` },
  ];
}
