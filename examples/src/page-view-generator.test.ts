import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { startExample } from './example-process.ts'
import { pageViews } from './page-view-generator.ts'
import { formatPageView, parsePageView } from './page-view.ts'

test('PageViewGenerator says its port and sends page views to who connects', async () => {
  const example = startExample('page-view-generator.ts', [0, 1000])
  const printed = await example.until(text => text.endsWith('\n'))
  const socket = connect(Number(/^Listening on port: (\d+)\n$/.exec(printed)?.[1]), 'localhost')
  const [line] = (await once(createInterface({ input: socket }), 'line')) as [string]
  socket.destroy()
  await example.stop()
  assert.deepEqual(parsePageView(line), pageViews()())
})

test('a thousand page views have the shares that are wanted', () => {
  const next = pageViews()
  const views = Array.from({ length: 1000 }, next)
  const share = (of: readonly boolean[]) => of.filter(Boolean).length / of.length
  assert.ok(Math.abs(share(views.map(view => view.url === 'http://foo.com/')) - 0.7) < 0.05)
  assert.ok(Math.abs(share(views.map(view => view.status === 404)) - 0.05) < 0.03)
  assert.ok(Math.abs(share(views.map(view => view.zipCode === 94709)) - 0.5) < 0.05)
  assert.ok(views.every(view => view.userID >= 1 && view.userID <= 100))
})

test('a page view is read as it was written', () => {
  const view = { url: 'http://foo.com/news', status: 404, zipCode: 94117, userID: 7 }
  assert.deepEqual(parsePageView(formatPageView(view)), view)
})
