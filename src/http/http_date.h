// Dates of HTTP (RFC 9110, 5.6.7). Times are milliseconds since 1970-01-01T00:00:00Z.
#pragma once

#include <optional>
#include <string_view>

namespace hawser::http {

// Reads all three forms; letters may have any case, everything else is taken strictly, so that what is not a
// date stays none:
//   Sun, 06 Nov 1994 08:49:37 GMT     the one to send
//   Sunday, 06-Nov-94 08:49:37 GMT    RFC 850: of the years that end so, the latest that is at most 50 years
//   after `now` Sun Nov  6 08:49:37 1994          asctime()
// The name of the day must be one, but not the right one. A leap second (:60) is the first second of the next
// minute.
std::optional<double> ParseDate(std::string_view text, double now);

}  // namespace hawser::http
