import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { processes } from './owner.ts'

const onLinux = { skip: process.platform !== 'linux' }

test('a process that has ended and that its parent has not asked after does not live', onLinux, async () => {
  // The shell starts a process, becomes another program, and never asks after the first.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const [said] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(said.toString())
    const isZombie = (): boolean => / Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
    while (!isZombie()) await new Promise(resolve => setImmediate(resolve))
    process.kill(pid, 0)
    assert.equal(processes.isAlive({ ...processes.self(), pid, started: '' }), false)
  } finally {
    parent.kill()
  }
})
