// JSON documents for JavaScript: bytes in, bytes out (bytes_exports.cc). js/secrets/json_core.js is the only
// caller.
#include <emscripten.h>

#include <cstddef>
#include <string>

#include "secrets/json_reader.h"

extern "C" {

EMSCRIPTEN_KEEPALIVE const std::string* json_read(const char* text, std::size_t size) {
  return new std::string(hawser::secrets::AnswerJson({text, size}));
}

}  // extern "C"
