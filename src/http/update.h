// The headers of a stored response: which are kept, and how a 304 or a response to HEAD renews them (RFC
// 9111, 3.1 and 3.2).
#pragma once

#include <string_view>

#include "http/freshness.h"
#include "http/headers.h"

namespace hawser::http {

// Without those that belong to the connection, and those that no-cache="…" names.
Headers KeptHeaders(const Exchange& exchange);

// Every field of `received` takes the place of the stored ones of that name, but for those that say how the
// stored body is encoded and how long it is. Age goes when it is not among them: it was of the other
// response.
Headers MergedHeaders(const Headers& stored, const Headers& received);

// Whether two entity tags are the same (RFC 9110, 8.8.3.2). Strong comparison: none of them is weak.
bool SameTag(std::string_view a, std::string_view b, bool strong);

}  // namespace hawser::http
