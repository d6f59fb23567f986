// The factory's decisions for JavaScript: bytes in, bytes out (src/base/packed.h). js/connections/decide.js is the only
// caller.
#include <emscripten.h>

#include <cstddef>
#include <string>

#include "factory/answers.h"

using hawser::factory::AnswerConfiguration;
using hawser::factory::AnswerType;

extern "C" {

// Answers, see bytes_exports.cc.
EMSCRIPTEN_KEEPALIVE const std::string* factory_type(const char* request, std::size_t size) {
  return new std::string(AnswerType({request, size}));
}
EMSCRIPTEN_KEEPALIVE const std::string* factory_configuration(const char* request, std::size_t size) {
  return new std::string(AnswerConfiguration({request, size}));
}

}  // extern "C"
