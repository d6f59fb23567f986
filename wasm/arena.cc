// Memory for a module that answers questions and remembers nothing: each question takes what it needs from
// the front of the heap, and nothing is given back until the next one begins. It takes the place of malloc,
// and has the exports of bytes_exports.cc.
#include <emscripten.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <string>

extern "C" char __heap_base;  // The linker's: where static data ends.

namespace {

constexpr std::size_t kPage = 64 * 1024;
constexpr std::size_t kAlignment = 16;

std::uintptr_t next = 0;

}  // namespace

void* operator new(std::size_t size) {
  const std::uintptr_t start = (next + kAlignment - 1) & ~(kAlignment - 1);
  const std::uintptr_t end = start + size;
  const std::size_t room = __builtin_wasm_memory_size(0) * kPage;
  if (end < start || (end > room && __builtin_wasm_memory_grow(0, (end - room + kPage - 1) / kPage) ==
                                        static_cast<std::size_t>(-1))) {
    __builtin_trap();
  }
  next = end;
  return reinterpret_cast<void*>(start);
}
void operator delete(void*) noexcept {}
void operator delete(void*, std::size_t) noexcept {}

extern "C" {

EMSCRIPTEN_KEEPALIVE char* bytes_new(std::size_t size) {
  next = reinterpret_cast<std::uintptr_t>(&__heap_base);
  return new char[size];
}
EMSCRIPTEN_KEEPALIVE void bytes_delete(const char*) {}
EMSCRIPTEN_KEEPALIVE const char* answer_bytes(const std::string* answer) { return answer->data(); }
EMSCRIPTEN_KEEPALIVE std::size_t answer_size(const std::string* answer) { return answer->size(); }
EMSCRIPTEN_KEEPALIVE void answer_delete(const std::string*) {}

}  // extern "C"
