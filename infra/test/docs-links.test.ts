import { access, glob } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { root } from './compose-file.ts'
import { read } from './docs-file.ts'

const files = ['README.md']
for await (const path of glob('{docs,services,packages}/**/*.md', { cwd: root, exclude: isInstalled })) files.push(path)
const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> }

function isInstalled(path: string): boolean {
  return path.endsWith('node_modules')
}

/** The anchors of a file's titles, as GitHub makes them. */
function anchorsIn(text: string): string[] {
  const titles = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title.toLowerCase())
  return titles.map((title) => title.replace(/[^\w\- ]/g, '').replaceAll(' ', '-'))
}

t.test('every link inside the documentation leads somewhere', async (t) => {
  let links = 0
  for (const file of files) {
    for (const [, target = ''] of (await read(file)).matchAll(/\]\(([^)]+)\)/g)) {
      if (/^https?:/.test(target)) continue
      const [path = '', anchor] = target.split('#', 2)
      const wanted = path === '' ? file : join(dirname(file), path)
      const exists = await access(join(root, wanted)).then(
        () => true,
        () => false
      )
      t.ok(exists, `${file}: ${target}`)
      if (exists && anchor !== undefined) t.ok(anchorsIn(await read(wanted)).includes(anchor), `${file}: ${target}`)
      links += 1
    }
  }
  t.ok(links > 10)
})

t.test('every document is reached from the README, directly or by way of another', async (t) => {
  const reached = new Set<string>()
  const queue = ['README.md']
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file)) continue
    reached.add(file)
    for (const [, target = ''] of (await read(file)).matchAll(/\]\(([^)#]+\.md)[^)]*\)/g)) {
      if (!/^https?:/.test(target)) queue.push(join(dirname(file), target))
    }
  }
  t.strictSame(
    files.filter((path) => path.startsWith('docs/') && !reached.has(path)),
    []
  )
})

t.test('every npm script that is spoken of exists', async (t) => {
  for (const file of files) {
    for (const [, run, short] of (await read(file)).matchAll(/\bnpm (?:run (?:--silent )?([a-z]+)|(start|test))\b/g)) {
      t.ok(scripts[run ?? short ?? ''], `${file}: npm ${run ?? short}`)
    }
  }
})
