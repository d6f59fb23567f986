// Requests on their way in and answers on their way out, both as bytes: how a module of packed trees (src/base/packed.h) is
// asked. js/asking.js is the only caller.
#include <emscripten.h>

#include <cstddef>
#include <string>

extern "C" {

// Room for a request. To be given back with bytes_delete().
EMSCRIPTEN_KEEPALIVE char* bytes_new(std::size_t size) { return new char[size]; }
EMSCRIPTEN_KEEPALIVE void bytes_delete(const char* bytes) { delete[] bytes; }

// Of answers, which are to be read and then given back with answer_delete().
EMSCRIPTEN_KEEPALIVE const char* answer_bytes(const std::string* answer) { return answer->data(); }
EMSCRIPTEN_KEEPALIVE std::size_t answer_size(const std::string* answer) { return answer->size(); }
EMSCRIPTEN_KEEPALIVE void answer_delete(const std::string* answer) { delete answer; }

}  // extern "C"
