import { checksumOfPairs } from '../checksum.ts'
import type { Program, Share } from './programs.ts'
import { ownerOf } from './word-counts.ts'

const keysHeld = 1_000_000
const keysTouched = 10_000
const empty: readonly number[] = []

/** The pairs of a batch that belong to this share, this thread's own and those that the other has made. */
function eachTouched({ me, shares, exchange }: Share, batch: number, put: (key: string, value: number) => void): void {
  const keys: string[] = []
  const values: number[] = []
  const [from, to] = [me, me + 1].map(i => (keysTouched * i) / shares) as [number, number]
  for (let i = from; i < to; i++) {
    const key = 'key' + ((i * 97 + batch * 10_007) % keysHeld)
    if (exchange === undefined || ownerOf(key) === me) put(key, 1)
    else {
      keys.push(key)
      values.push(1)
    }
  }
  const theirs = exchange?.swap({ keys, values })
  theirs?.keys.forEach((key, i) => put(key, theirs.values[i]!))
}

function* ownKeys({ me, exchange }: Share): Generator<string> {
  for (let i = 0; i < keysHeld; i++) {
    const key = 'key' + i
    if (exchange === undefined || ownerOf(key) === me) yield key
  }
}

/** updateStateByKey by hand: every key is handed to the function, found by its place in an array. */
export function stateByHand(share: Share): Program {
  const places = new Map<string, number>()
  const keys: string[] = []
  const states: number[] = []
  for (const key of ownKeys(share)) {
    places.set(key, keys.push(key) - 1)
    states.push(1)
  }
  const update = (values: readonly number[], state: number): number => {
    let sum = state
    for (const value of values) sum += value
    return sum
  }
  const added: (readonly number[])[] = new Array<readonly number[]>(keys.length).fill(empty)
  let batch = 0
  return {
    run() {
      const groups = new Map<string, number[]>()
      eachTouched(share, batch++, (key, value) => {
        const group = groups.get(key)
        if (group === undefined) groups.set(key, [value])
        else group.push(value)
      })
      for (const [key, values] of groups) added[places.get(key)!] = values
      for (let i = 0; i < states.length; i++) states[i] = update(added[i]!, states[i]!)
      for (const key of groups.keys()) added[places.get(key)!] = empty
      return states.length
    },
    checksum: () => checksumOfPairs(keys.map((key, i) => [key, states[i]!] as const)),
  }
}

/** mapWithState by hand: only the keys that come are looked up. */
export function mapStateByHand(share: Share): Program {
  const states = new Map<string, { sum: number }>()
  for (const key of ownKeys(share)) states.set(key, { sum: 1 })
  let batch = 0
  let mapped: [string, number][] = []
  return {
    run() {
      mapped = []
      eachTouched(share, batch++, (key, value) => {
        const state = states.get(key)!
        state.sum += value
        mapped.push([key, state.sum])
      })
      return mapped.length
    },
    checksum: () => checksumOfPairs(mapped),
  }
}
