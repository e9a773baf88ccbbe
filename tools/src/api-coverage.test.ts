import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import * as dstream from 'dstream'
import { BatchInput } from 'dstream/testing'
import { root } from './source-scan.ts'

const { Receiver, Seconds, SparkConf, SparkContext, StateSpec, StreamingContext, Time } = dstream

class Idle extends Receiver<string> {
  onStart(): void {}
  onStop(): void {}
}

const sc = new SparkContext(new SparkConf(false).setMaster('local[1]').setAppName('api coverage'))
after(() => sc.stop())
const ssc = new StreamingContext(sc, Seconds(1))
const input = new BatchInput(ssc, [[1]])

/** What the headings of the second column name: one of each. */
const targets: Readonly<Record<string, object>> = {
  ...{ dstream, sc, ssc, input, StreamingContext },
  stream: input.map(n => n),
  rdd: sc.emptyRDD(),
  receiver: new Idle(),
  spec: StateSpec.function((_key: string, value: number | undefined) => value),
  time: new Time(0),
  accumulator: sc.longAccumulator('named'),
  broadcast: sc.broadcast(1),
}

const page = readFileSync(join(root, 'docs/api-coverage.md'), 'utf8')

for (const section of page.split(/^## /m).slice(1)) {
  const [title] = section.split('\n', 1)
  const name = /\| here \(of `(\w+)`\)/.exec(section)?.[1]
  if (name === undefined) continue
  test(`every name that docs/api-coverage.md has under "${title}" is there`, () => {
    const target = targets[name]
    assert.ok(target, `the test has no ${name}`)
    const claimed = [...section.matchAll(/^\| (?:`[^|]*) \| (`[^|]*) \|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`(\w+)`/g)].map(([, claim]) => claim!),
    )
    assert.ok(claimed.length > 0)
    const missing = claimed.filter(claim => !(claim in target))
    assert.deepEqual(missing, [])
  })
}

test('what is not here has a reason', () => {
  const bare = page.split('\n').filter(line => /\| — \|\s*\|$/.test(line))
  assert.deepEqual(bare, [])
})
