/**
 * Finds the compiler of the fuzz targets: a clang that knows C++23 and has libFuzzer.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { find } from './run.js';

const PROBE = `#include <cstddef>
#include <cstdint>
#include <expected>
std::expected<int, int> f() { return 1; }
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t*, std::size_t) { return *f() - 1; }`;

/** @returns {string | undefined} Its path. */
export function fuzzCompiler() {
  const folder = mkdtempSync(join(tmpdir(), 'hawser-'));
  try {
    const source = join(folder, 'probe.cc');
    writeFileSync(source, PROBE);
    const args = ['-std=c++23', '-fsanitize=fuzzer,address,undefined', source, '-o', join(folder, 'probe')];
    return ['clang++', ...[24, 23, 22, 21, 20, 19].map((version) => `clang++-${version}`)]
      .map((name) => find(name))
      .find((path) => path && spawnSync(path, args, { stdio: 'ignore' }).status === 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
