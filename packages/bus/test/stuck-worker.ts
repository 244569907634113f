import { startWorker } from '../src/index.ts'

// A worker that takes jobs and never ends one: the test kills it.
const [url = '', prefix = '', queue = ''] = process.argv.slice(2)
startWorker({
  url,
  prefix,
  queue,
  name: 'stuck',
  concurrency: 5,
  onError: (error) => process.stderr.write(`${error.message}\n`),
  handle: () => {
    process.stdout.write('working\n')
    return new Promise(() => undefined)
  }
})
