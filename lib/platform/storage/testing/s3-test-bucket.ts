import { createHash } from 'node:crypto';

export interface TestVersion {
  id: string;
  body: Buffer;
  etag: string;
  /** A delete marker: hides the versions below it. */
  marker: boolean;
}

/** The objects of one bucket in memory, with S3's rules for versions. */
export class S3TestBucket {
  versioning: 'never' | 'Enabled' | 'Suspended' = 'never';
  /** Oldest first. */
  readonly versions = new Map<string, TestVersion[]>();
  #made = 0;

  current(key: string): TestVersion | null {
    const last = this.versions.get(key)?.at(-1);
    return last && !last.marker ? last : null;
  }

  /** Keys in the order of their UTF-8 bytes, as S3 lists them. */
  keys(): string[] {
    const keys = [...this.versions.keys()].filter((key) => this.current(key));
    return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  put(key: string, body: Buffer): TestVersion {
    return this.#add(key, body, false);
  }

  /** The delete marker that was made; NULL where the bucket keeps no versions: then the object is gone. */
  delete(key: string): TestVersion | null {
    if (this.versioning !== 'never') return this.#add(key, Buffer.alloc(0), true);
    this.versions.delete(key);
    return null;
  }

  #add(key: string, body: Buffer, marker: boolean): TestVersion {
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    // While versioning is suspended (or was never on) there is one version called null, and it is overwritten.
    const id = this.versioning === 'Enabled' ? `v${++this.#made}` : 'null';
    const kept = (this.versions.get(key) ?? []).filter((version) => version.id !== id);
    const version = { id, body, etag, marker };
    this.versions.set(key, [...kept, version]);
    return version;
  }
}
