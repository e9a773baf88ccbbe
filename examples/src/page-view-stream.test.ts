import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startExample } from './example-process.ts'
import type { Metric } from './page-view-stream.ts'
import { formatPageView } from './page-view.ts'
import { lastPrinted, printedTotals, sumOf } from './printed-counts.ts'
import { startTextServer } from './text-server.ts'

const news = 'http://foo.com/news'
const views = [
  { url: 'http://foo.com/', status: 200, zipCode: 94709, userID: 1 },
  { url: news, status: 404, zipCode: 94709, userID: 2 },
  { url: news, status: 200, zipCode: 94117, userID: 2 },
  { url: news, status: 200, zipCode: 94117, userID: 50 },
]
const text = views.map(view => `${formatPageView(view)}\n`).join('')
const users = (printed: string) => [...printed.matchAll(/Saw user (\w+) at time \d+ ms$/gm)].map(([, user]) => user)

/** What each metric prints when it has seen all the views. */
const expectations: Readonly<Record<Metric, (printed: string) => boolean>> = {
  pageCounts: printed => sumOf(printedTotals(printed)) === 4 && printedTotals(printed)[news] === 3,
  slidingPageCounts: printed => lastPrinted(printed)['http://foo.com/'] === 1 && lastPrinted(printed)[news] === 3,
  errorRatePerZipCode: printed => /^94709: \*\*0\.5\*\*$/m.test(printed) && /^94117: 0$/m.test(printed),
  activeUserCount: printed => /^Unique active users: 3$/m.test(printed),
  popularUsersSeen: printed => new Set(users(printed)).size === 2,
}

describe('PageViewStream', { concurrency: true }, () => {
  for (const [metric, isComplete] of Object.entries(expectations))
    test(metric, async () => {
      const server = await startTextServer(() => ({ text }))
      const example = startExample('page-view-stream.ts', [metric, 'localhost', server.port])
      try {
        await example.until(isComplete)
      } finally {
        await example.stop()
        await server.close()
      }
    })

  test('the metrics are named when another one is wanted', async () => {
    await assert.rejects(
      startExample('page-view-stream.ts', ['clicks']).until(() => false),
      /usage: page-view-stream\.ts METRIC HOST PORT, where METRIC is pageCounts, slidingPageCounts, /,
    )
  })
})
