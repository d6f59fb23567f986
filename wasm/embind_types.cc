// The types that bindings.cc uses, made known to Embind. Its own list (libembind's bind.cpp) knows thirty
// more, each of which brings JavaScript along, together 1.3 kB gzipped; the linker leaves it out as its
// functions are found here.
//
// All are weak: with an Emscripten that takes its own file nevertheless that one counts, and the product is
// merely larger.
#include <emscripten/bind.h>

#include <cstring>
#include <limits>
#include <string>

using namespace emscripten::internal;

extern "C" {

// Called for bindings.cc once its functions are known; they wait for their types.
[[gnu::weak]] void _embind_register_bindings(InitFunc*) {
  using Limits = std::numeric_limits<unsigned>;
  _embind_register_integer(TypeID<unsigned>::get(), "unsigned int", sizeof(unsigned), 0, Limits::max());
  _embind_register_std_string(TypeID<std::string>::get(), "std::string");
}

// For messages about types that are not known. To be given back with free().
[[gnu::weak]] const char* __getTypeName(const std::type_info*) { return strdup("type"); }

// For threads, and for coroutines that wait for promises.
[[gnu::weak]] void _embind_initialize_bindings() {}
[[gnu::weak]] void _emval_coro_resume(void*, void*) {}
[[gnu::weak]] void _emval_coro_reject(void*, void*) {}

}  // extern "C"
