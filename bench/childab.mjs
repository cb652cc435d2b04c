// Child processes that are asked over IPC: one message, one answer, in order.
import { fork } from 'node:child_process'
import path from 'node:path'

/** Starts bench/<file> and resolves with its first word and a way to ask it; it ends with us. */
export async function start(file, options, execArgv = []) {
  const child = fork(path.resolve(import.meta.dirname, file), [JSON.stringify(options)], {
    execArgv: [...execArgv],
    env: { ...process.env, UV_USE_IO_URING: '0' },
  })
  const waiting = []
  child.on('message', (answer) => waiting.shift()?.resolve(answer))
  child.once('exit', (code) => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`${file} ended with ${code ?? 'a signal'}`))
  })
  const next = () => new Promise((resolve, reject) => waiting.push({ resolve, reject }))
  const gone = new Promise((resolve) => child.once('exit', resolve))
  const first = await next()
  return {
    ...first,
    ask(question) {
      const answer = next()
      child.send(question)
      return answer
    },
    /** Lets it finish; a child that does not end by itself is ended. */
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const end = setTimeout(() => child.kill('SIGKILL'), 30_000)
      child.send({ do: 'stop' })
      await gone
      clearTimeout(end)
    },
  }
}

/** The child's half: `answers` has a function for each question; `first` is told at once. */
export function serve(first, answers) {
  process.on('message', (question) => {
    void Promise.resolve(answers[question.do]?.(question)).then((answer) => {
      if (question.do === 'stop') process.exit(0)
      process.send(answer ?? {})
    })
  })
  process.once('disconnect', () => process.exit(1))
  process.send(first)
}

export const optionsOf = () => JSON.parse(process.argv[2] ?? '{}')

/** CPU time in microseconds, of this thread and of the whole process, and memory. */
export const usage = () => {
  const thread = process.threadCpuUsage()
  const whole = process.cpuUsage()
  return { thread: thread.user + thread.system, process: whole.user + whole.system, rss: process.memoryUsage.rss() }
}
