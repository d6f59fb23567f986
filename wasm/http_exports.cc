// The decisions about HTTP for JavaScript: bytes in, bytes out (bytes_exports.cc). js/http/core.js is the
// only caller.
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
EMSCRIPTEN_KEEPALIVE const std::string* http_freshness(const char* request, std::size_t size) {
  return new std::string(http::AnswerFreshness({request, size}));
}
EMSCRIPTEN_KEEPALIVE const std::string* http_fields(const char* request, std::size_t size) {
  return new std::string(http::AnswerFields({request, size}));
}
EMSCRIPTEN_KEEPALIVE const std::string* http_plan(const char* request, std::size_t size) {
  return new std::string(http::AnswerPlan({request, size}));
}
EMSCRIPTEN_KEEPALIVE const std::string* http_settle(const char* request, std::size_t size) {
  return new std::string(http::AnswerSettle({request, size}));
}

}  // extern "C"
