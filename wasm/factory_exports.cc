// The factory's decisions for JavaScript: bytes in, bytes out (src/base/packed.h). js/connections/decide.js is the only
// caller.
#include <emscripten.h>

#include <cstddef>
#include <string>

#include "factory/answers.h"

using hawser::factory::AnswerConfiguration;
using hawser::factory::AnswerType;

extern "C" {

// Room for a request. To be given back with bytes_delete().
EMSCRIPTEN_KEEPALIVE char* bytes_new(std::size_t size) { return new char[size]; }
EMSCRIPTEN_KEEPALIVE void bytes_delete(const char* bytes) { delete[] bytes; }

// Answers, to be read and then given back with answer_delete().
EMSCRIPTEN_KEEPALIVE const std::string* factory_type(const char* request, std::size_t size) {
  return new std::string(AnswerType({request, size}));
}
EMSCRIPTEN_KEEPALIVE const std::string* factory_configuration(const char* request, std::size_t size) {
  return new std::string(AnswerConfiguration({request, size}));
}
EMSCRIPTEN_KEEPALIVE const char* answer_bytes(const std::string* answer) { return answer->data(); }
EMSCRIPTEN_KEEPALIVE std::size_t answer_size(const std::string* answer) { return answer->size(); }
EMSCRIPTEN_KEEPALIVE void answer_delete(const std::string* answer) { delete answer; }

}  // extern "C"
