import { encodeRecords } from '../../codec/index.ts'
import type { Block } from '../../rdd/plan/source-spec.ts'
import type { BlockPart } from './block-generator.ts'

/** Records that were stored one by one and wait for their block. */
export class RecordBuffer implements BlockPart {
  readonly #onBadRecord: (error: unknown) => void
  #records: unknown[] = []

  /** @param onBadRecord told of each record that cannot be encoded; it is left out */
  constructor(onBadRecord: (error: unknown) => void) {
    this.#onBadRecord = onBadRecord
  }

  add(record: unknown): void {
    this.#records.push(record)
  }

  get records(): number {
    return this.#records.length
  }

  /** Not known before they are encoded; what bounds them is their number. */
  get bytes(): number {
    return 0
  }

  take(most: number): Omit<Block, 'id'> | undefined {
    const taken = most >= this.#records.length ? this.#records : this.#records.slice(0, most)
    this.#records = most >= this.#records.length ? [] : this.#records.slice(most)
    return taken.length === 0 ? undefined : this.#encoded(taken)
  }

  #encoded(records: readonly unknown[]): Omit<Block, 'id'> | undefined {
    try {
      return { bytes: encodeRecords(records), records: records.length, format: 'records' }
    } catch {
      const good = records.filter(record => this.#isGood(record))
      return good.length === 0 ? undefined : { bytes: encodeRecords(good), records: good.length, format: 'records' }
    }
  }

  #isGood(record: unknown): boolean {
    try {
      encodeRecords([record])
      return true
    } catch (error) {
      this.#onBadRecord(error)
      return false
    }
  }
}
