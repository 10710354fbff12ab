import 'server-only';
import { forbidden, notFound, redirect } from 'next/navigation';
import { hrefWith, type SearchParams } from '@/components/data-table/table-url';
import { LapseError } from '@/lib/platform/errors';

/**
 * Waits for the one thing that a page shows. What the person may not see becomes the 403 page, what is not there, or has
 * an id that nothing can have, the 404 page.
 */
export async function loadForPage<T>(loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (error) {
    if (error instanceof LapseError && error.code === 'forbidden') forbidden();
    if (error instanceof LapseError && (error.code === 'not_found' || error.code === 'invalid')) notFound();
    throw error;
  }
}

/**
 * Waits for one page of a list. A place in it that cannot be read, such as a cut bookmark, becomes its first page; other
 * mistakes are thrown.
 */
export async function loadListForPage<T>(
  loading: Promise<T>,
  address: { pathname: string; params: SearchParams },
): Promise<T> {
  try {
    return await loading;
  } catch (error) {
    if (!(error instanceof LapseError)) throw error;
    if (error.code === 'forbidden') forbidden();
    if (error.code === 'not_found') notFound();
    if (error.code !== 'invalid' || address.params.after === undefined) throw error;
  }
  redirect(hrefWith(address.pathname, address.params, { after: null }));
}
