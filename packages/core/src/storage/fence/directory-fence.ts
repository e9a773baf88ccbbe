import type { Cancel, Clock } from '../../time/clock.ts'
import type { FileSystem } from '../file-system.ts'
import { listIfThere } from '../list-if-there.ts'
import { StorageError } from '../storage-error.ts'
import type { Fence } from './fence.ts'
import { DirectoryFencedError, DirectoryInUseError } from './fence-errors.ts'
import { processes, type Owner, type Processes } from './owner.ts'

export interface DirectoryFenceOptions {
  readonly fileSystem: FileSystem
  readonly directory: string
  readonly clock: Clock
  /** How long a holder on another host that is not heard of counts as alive, ms; it is heard of three times as often. Default 30,000. */
  readonly leaseMs?: number
  /** Take the directory over even if its holder lives; the holder's writes fail from then on. Default false. */
  readonly takeOver?: boolean
  readonly processes?: Processes
}

/** What a holder last said. */
interface Lease {
  readonly epoch: number
  readonly owner: Owner
  readonly renewedMs: number
  readonly leaseMs: number
  readonly released: boolean
}

const epochName = (epoch: number): string => `epoch-${epoch}`
const leaseName = (epoch: number): string => `lease-${epoch}`

/**
 * One writer a directory, by two kinds of small file in `<directory>/.fence`:
 *
 * - `epoch-<n>` is created exclusively, once, by whoever becomes the holder number n; it is never written again. A holder is one as long as
 *   its own is there and that of n + 1 is not.
 * - `lease-<n>` says who the holder is and when it was last heard of. It decides only whether a second process is polite enough to stay out.
 *
 * Who may take over: anyone, where the holder has released the directory, or is a process of this host that has ended (a restart waits for nothing), or is on
 * another host and was not heard of for `leaseMs`. Else DIRECTORY_IN_USE. Clocks of different hosts that disagree can make that decision wrong, never
 * the data: the older holder's next `check` fails, whatever it believes.
 *
 * Cost: `check` is two look-ups of a name.
 *
 * @example
 * const fence = await DirectoryFence.acquire({ fileSystem: new MemoryFileSystem(), directory: '/checkpoint', clock: new ManualClock() })
 * fence.epoch // => 1
 * await fence.release()
 */
export class DirectoryFence implements Fence {
  readonly epoch: number
  readonly #options: DirectoryFenceOptions
  readonly #owner: Owner
  readonly #leaseMs: number
  #cancelRenewal: Cancel = () => {}
  #renewal: Promise<void> = Promise.resolve()
  #held = true

  private constructor(options: DirectoryFenceOptions, epoch: number, owner: Owner) {
    this.#options = options
    this.epoch = epoch
    this.#owner = owner
    this.#leaseMs = options.leaseMs ?? 30_000
  }

  /** Becomes the one writer of a directory. @throws DirectoryInUseError, StorageError */
  static async acquire(options: DirectoryFenceOptions): Promise<DirectoryFence> {
    const { fileSystem, directory, takeOver = false, processes: known = processes } = options
    const owner = known.self()
    for (;;) {
      const { epochs, leases } = await holdersIn(fileSystem, directory)
      const newest = epochs.at(-1) ?? 0
      if (newest > 0 && !takeOver) await refuseWhileHeld(options, newest, known)
      const path = pathOf(directory, epochName(newest + 1))
      // Who else took it at this moment is the holder: look again.
      if (!(await fileSystem.createExclusive(path, Buffer.from(JSON.stringify(owner))))) continue
      const fence = new DirectoryFence(options, newest + 1, owner)
      try {
        await fence.check()
        await fence.#renew()
      } catch (error) {
        // Nobody holds it: it must not look as if this process did.
        await fence.release().catch(() => undefined)
        throw error
      }
      fence.#renewLater()
      await fence.#removeOlder(epochs, leases)
      return fence
    }
  }

  /**
   * In rising order, and none after one that cannot be removed, so that an old holder that does not see its successor does not see itself either. What is left, the next
   * holder removes.
   */
  async #removeOlder(epochs: readonly number[], leases: readonly number[]): Promise<void> {
    const { fileSystem, directory } = this.#options
    try {
      for (const epoch of epochs) await fileSystem.delete(pathOf(directory, epochName(epoch)))
      for (const epoch of leases) await fileSystem.delete(pathOf(directory, leaseName(epoch)))
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
    }
  }

  async check(): Promise<void> {
    const { fileSystem, directory } = this.#options
    const path = (epoch: number) => pathOf(directory, epochName(epoch))
    if (!this.#held) throw new DirectoryFencedError(directory, this.epoch, true)
    const fenced =
      (await fileSystem.stat(path(this.epoch + 1))) !== undefined ||
      (await fileSystem.stat(path(this.epoch))) === undefined
    if (fenced) throw new DirectoryFencedError(directory, this.epoch)
  }

  /**
   * Lets the directory go: the next process need not wait. This one cannot write there any more. Where that cannot be said now, it is said later: this process may live
   * on, and want the directory again.
   * @throws StorageError
   */
  async release(): Promise<void> {
    if (!this.#held) return
    this.#held = false
    this.#cancelRenewal()
    await this.#renewal
    try {
      await this.#renew()
    } catch (error) {
      this.#releaseLater()
      throw error
    }
  }

  #releaseLater(): void {
    const { fileSystem, directory } = this.#options
    const again = async (): Promise<void> => {
      // Whoever has taken it over meanwhile need not be told.
      if ((await fileSystem.stat(pathOf(directory, epochName(this.epoch)))) !== undefined) await this.#renew()
    }
    this.#afterAWhile(() => void again().catch(() => this.#releaseLater()))
  }

  #renew(): Promise<void> {
    const { fileSystem, directory, clock } = this.#options
    const lease: Lease = {
      ...{ epoch: this.epoch, owner: this.#owner, renewedMs: clock.now() },
      ...{ leaseMs: this.#leaseMs, released: !this.#held },
    }
    return fileSystem.create(pathOf(directory, leaseName(this.epoch)), Buffer.from(JSON.stringify(lease)))
  }

  #renewLater(): void {
    const renewal = (): void => {
      // A renewal that fails makes the lease age, no more: writes are guarded by `check`.
      this.#renewal = this.#renew()
        .catch(() => undefined)
        .then(() => {
          if (this.#held) this.#renewLater()
        })
    }
    this.#cancelRenewal = this.#afterAWhile(renewal)
  }

  /** Holding a directory is no reason to live on: a context that was never started does not keep its process. */
  #afterAWhile(action: () => void): Cancel {
    return this.#options.clock.after(Math.max(1, Math.floor(this.#leaseMs / 3)), action, true)
  }
}

const pathOf = (directory: string, name: string): string => `${directory}/.fence/${name}`

/** The epochs of which there are files of either kind, rising: a crash may have left one without the other. */
async function holdersIn(
  fileSystem: FileSystem,
  directory: string,
): Promise<{ readonly epochs: readonly number[]; readonly leases: readonly number[] }> {
  const names = (await listIfThere(fileSystem, `${directory}/.fence`)).map(({ name }) => name)
  const numbered = (form: RegExp): number[] =>
    names
      .map(name => Number(form.exec(name)?.[1] ?? 0))
      .filter(epoch => epoch > 0)
      .sort((a, b) => a - b)
  return { epochs: numbered(/^epoch-(\d{1,15})$/), leases: numbered(/^lease-(\d{1,15})$/) }
}

async function refuseWhileHeld(options: DirectoryFenceOptions, epoch: number, known: Processes): Promise<void> {
  const { fileSystem, directory, clock, leaseMs = 30_000 } = options
  const lease = await leaseOf(fileSystem, pathOf(directory, leaseName(epoch)))
  // Between a holder's first file and its second lies an instant, or its end.
  const owner = lease?.owner ?? (await ownerIn(fileSystem, pathOf(directory, epochName(epoch))))
  if (lease?.released === true) return
  const alive = owner === undefined ? undefined : known.isAlive(owner)
  if (alive === false) return
  if (alive === true) throw new DirectoryInUseError(directory, owner)
  const leftMs = (await heardMs(options, epoch, lease)) + (lease?.leaseMs ?? leaseMs) - clock.now()
  if (leftMs > 0) throw new DirectoryInUseError(directory, owner, leftMs)
}

/** When a holder was last heard of: as it says itself or, where its clock is not ours or nothing can be read, as the store does. */
async function heardMs(options: DirectoryFenceOptions, epoch: number, lease: Lease | undefined): Promise<number> {
  const { fileSystem, directory, clock } = options
  if (lease !== undefined && lease.renewedMs <= clock.now() + lease.leaseMs) return lease.renewedMs
  const file =
    (await fileSystem.stat(pathOf(directory, leaseName(epoch)))) ??
    (await fileSystem.stat(pathOf(directory, epochName(epoch))))
  return file?.modifiedMs ?? 0
}

/** No holder asks for more. */
const longestLeaseMs = 86_400_000

/** Who works in a directory, or did last. */
export interface DirectoryHolder {
  /** The how-manieth holder it is. */
  readonly epoch: number
  /** Unknown where it has not said so, or its file cannot be read. */
  readonly owner: Owner | undefined
  /** It has let the directory go. */
  readonly released: boolean
  /** Unknown for a process of another host. */
  readonly alive: boolean | undefined
  /** When it was last heard of, epoch ms. */
  readonly renewedMs: number | undefined
}

/** Looks who holds a directory; changes nothing. Undefined when nobody ever has. @throws StorageError */
export async function holderOf(
  { fileSystem, directory }: Pick<DirectoryFenceOptions, 'fileSystem' | 'directory'>,
  known: Processes = processes,
): Promise<DirectoryHolder | undefined> {
  const epoch = (await holdersIn(fileSystem, directory)).epochs.at(-1)
  if (epoch === undefined) return undefined
  const lease = await leaseOf(fileSystem, pathOf(directory, leaseName(epoch)))
  const owner = lease?.owner ?? (await ownerIn(fileSystem, pathOf(directory, epochName(epoch))))
  const alive = owner && known.isAlive(owner)
  return { epoch, owner, released: lease?.released === true, alive, renewedMs: lease?.renewedMs }
}

async function leaseOf(fileSystem: FileSystem, path: string): Promise<Lease | undefined> {
  const lease = (await jsonIn(fileSystem, path)) as Partial<Lease> | null | undefined
  const { renewedMs, leaseMs = 0, owner } = lease ?? {}
  if (!Number.isSafeInteger(renewedMs) || !(leaseMs > 0 && leaseMs <= longestLeaseMs)) return undefined
  return isOwner(owner) ? (lease as Lease) : undefined
}

async function ownerIn(fileSystem: FileSystem, path: string): Promise<Owner | undefined> {
  const owner = await jsonIn(fileSystem, path)
  return isOwner(owner) ? owner : undefined
}

const isOwner = (value: unknown): value is Owner => {
  const owner = value as Partial<Owner> | null | undefined
  // Number 0 and those below it are no processes, but groups of them, and always there.
  const isPid = Number.isSafeInteger(owner?.pid) && owner!.pid! > 0
  return isPid && typeof owner?.host === 'string' && typeof owner.started === 'string'
}

/** What a small file says, or `undefined` where there is none or it cannot be read as JSON. */
async function jsonIn(fileSystem: FileSystem, path: string): Promise<unknown> {
  if ((await fileSystem.stat(path)) === undefined) return undefined
  const reader = await fileSystem.open(path)
  try {
    return JSON.parse(Buffer.from(await reader.read(0, 10_000)).toString()) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  } finally {
    await reader.close()
  }
}
