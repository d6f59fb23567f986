// Any text: it is a date or none, whatever the case of its letters, and a Retry-After is never in the past.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/headers.h"
#include "http/http_date.h"
#include "http/retry.h"

using hawser::http::ParseDate;
using hawser::http::ParseRetryAfter;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string lower(text);
  for (char& c : lower) c = hawser::http::Lower(c);
  for (const double now : {0.0, 1.7e12, 4.2e12, -1.0, 9e15, static_cast<double>(NAN)}) {
    const auto date = ParseDate(text, now);
    if (date != ParseDate(lower, now)) std::abort();
    if (date && !(std::abs(*date) < 1e16)) std::abort();
    if (date && *date != std::floor(*date / 1000) * 1000) std::abort();
    const auto pause = ParseRetryAfter(text, now);
    if (pause && !(*pause >= 0)) std::abort();
    if (date && !pause) std::abort();
  }
  return 0;
}
