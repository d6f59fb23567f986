// Whether a private cache may store a response, and how long it is fresh (RFC 9111, 3 and 4.2). Times are
// milliseconds since 1970, durations milliseconds.
#pragma once

#include <optional>
#include <string_view>

#include "http/cache_control.h"
#include "http/headers.h"

namespace hawser::http {

// A request and its response.
struct Exchange {
  std::string_view method;
  Headers request = {};
  int status = 0;
  Headers response = {};
  double request_time = 0;   // When it was sent.
  double response_time = 0;  // When the headers of the response were there.
  double size = 0;           // Bytes of the body.
};

struct Freshness {
  bool storable = false;
  // Whether the server said how long; otherwise it is a tenth of the time since the last modification, at
  // most a day, and for such statuses only whose responses may be cached by default.
  bool explicit_lifetime = false;
  double lifetime = 0;
  double age = 0;
  bool fresh = false;            // Younger than that, and no validation is asked for.
  bool no_cache = false;         // To be validated before every use.
  bool must_revalidate = false;  // Never to be used stale.
  double stale_while_revalidate = 0;
  std::optional<double> stale_if_error;
  std::optional<std::string_view> etag;
  std::optional<std::string_view> last_modified;
  std::string_view vary;  // The list.
};

// Storable are complete responses to GET with a status of their own that something can be done with later:
// they are fresh for a while, or can be validated. s-maxage, private and proxy-revalidate say nothing to a
// private cache.
Freshness FreshnessOf(const Exchange& exchange, double now);

// Whether it can be asked for by condition: it has an ETag or a Last-Modified.
bool HasValidator(const Freshness& freshness);

// The Date of a response, or when it came.
double DateOf(const Exchange& exchange);

}  // namespace hawser::http
