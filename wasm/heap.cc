// How the core's memory grows. The library's own function grows it by no more than malloc needs, mostly one page; to V8
// each time looks like as much memory newly taken as there is in all, and with some megabytes it collects
// garbage at every few hundred entries of the cache. The linker puts this one in its place.
#include <cstddef>

namespace {

constexpr std::size_t kPage = 64 * 1024;
constexpr std::size_t kLeastPages = 16;
constexpr auto kFailed = static_cast<std::size_t>(-1);

}  // namespace

// Makes room for a heap that ends at `size`: by an eighth at least, or by what is needed if there is no more.
extern "C" bool __wrap_emscripten_resize_heap(std::size_t size) {
  const std::size_t pages = __builtin_wasm_memory_size(0);
  const std::size_t needed = (size + kPage - 1) / kPage - pages;
  const std::size_t ample = pages / 8 > kLeastPages ? pages / 8 : kLeastPages;
  if (ample > needed && __builtin_wasm_memory_grow(0, ample) != kFailed) return true;
  return __builtin_wasm_memory_grow(0, needed) != kFailed;
}
