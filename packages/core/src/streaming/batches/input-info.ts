import type { StreamInputInfo } from '../events/batch-info.ts'

/**
 * What input streams say they gave to batches, until the batch is planned.
 *
 * @see Spark's `InputInfoTracker`
 */
export class InputInfos {
  readonly #byTime = new Map<number, Map<number, StreamInputInfo>>()

  report(timeMs: number, info: StreamInputInfo): void {
    let infos = this.#byTime.get(timeMs)
    if (infos === undefined) this.#byTime.set(timeMs, (infos = new Map()))
    infos.set(info.inputStreamId, info)
  }

  /** What was said for this batch. It and everything older is forgotten: batches are planned in order. */
  take(timeMs: number): ReadonlyMap<number, StreamInputInfo> {
    const infos = this.#byTime.get(timeMs) ?? new Map<number, StreamInputInfo>()
    for (const olderMs of this.#byTime.keys()) if (olderMs <= timeMs) this.#byTime.delete(olderMs)
    return infos
  }
}
