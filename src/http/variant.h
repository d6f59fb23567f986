// Whether a stored response is one for this request (RFC 9111, 4.1).
#pragma once

#include <string_view>

#include "http/freshness.h"
#include "http/headers.h"

namespace hawser::http {

// Whether two requests agree in all fields that a Vary names: their lines combined, without the spaces around
// commas; languages and encodings in any case. "*" agrees with nothing.
bool VaryMatches(std::string_view vary, const Headers& stored_request, const Headers& request);

// The same of a stored response. Besides, one to a request with credentials of its own answers only requests
// with the same ones, unless it is public: one program may ask for several users.
bool IsVariantFor(const Exchange& stored, const Headers& request);

}  // namespace hawser::http
