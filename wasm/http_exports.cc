// The decisions about HTTP for JavaScript: bytes in, bytes out (bytes_exports.cc). js/http/core.js is the only caller.
#include <emscripten.h>

#include <cstddef>
#include <string>

#include "http/answers.h"

namespace http = hawser::http;

extern "C" {

EMSCRIPTEN_KEEPALIVE const std::string* http_retry(const char* request, std::size_t size) {
  return new std::string(http::AnswerRetry({request, size}));
}
EMSCRIPTEN_KEEPALIVE const std::string* http_date(const char* request, std::size_t size) {
  return new std::string(http::AnswerDate({request, size}));
}
EMSCRIPTEN_KEEPALIVE const std::string* http_links(const char* request, std::size_t size) {
  return new std::string(http::AnswerLinks({request, size}));
}
EMSCRIPTEN_KEEPALIVE const std::string* http_canonical(const char* request, std::size_t size) {
  return new std::string(http::AnswerCanonical({request, size}));
}

}  // extern "C"
