// Conditions and ranges of a request, answered from a stored response (RFC 9110, 13 and 14).
#pragma once

#include "http/freshness.h"
#include "http/headers.h"
#include "http/plan.h"

namespace hawser::http {

// Whether a cache can tell what the answer would be: no If-Match and no If-Unmodified-Since, and no more than
// one range.
bool IsAnswerable(const Headers& request);

// Whether the client has conditions or ranges of its own, to which the server's answer is passed on as it is.
bool IsConditional(const Headers& request);

struct Answer {
  int status = 0;
  ByteRange range;  // For 206; for 416 nothing.
};

// The stored response's own status, or 304 when the client's condition says that it has it, or 206 or 416
// when it asks for a part.
Answer AnswerFrom(const CacheRequest& request, const Exchange& stored);

}  // namespace hawser::http
