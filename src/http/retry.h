// Whether a request is sent once more, and after which pause. Times are milliseconds.
#pragma once

#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace hawser::http {

struct RetryPolicy {
  int attempts = 3;  // In all, the first included.
  double first_pause =
      250;  // The most that is waited before the second attempt; doubled for each further one.
  double max_pause = 30'000;  // The most that is waited at once, whoever asks for it.
  std::vector<int> statuses = {408, 425, 429, 500, 502, 503, 504};
  // Whether it does no harm when the request reaches the server twice. Nothing: decided by the method.
  std::optional<bool> repeatable = std::nullopt;
};

// How an attempt ended.
struct Attempt {
  std::string_view method;
  int number = 1;       // 1 is the first.
  int status = 0;       // 0 without a response.
  bool failed = false;  // The network failed, or the connection broke.
  std::optional<std::string_view> retry_after = std::nullopt;
  double now = 0;
  double deadline = std::numeric_limits<double>::infinity();
  double random = 0;  // In [0, 1).
};

struct RetryDecision {
  bool retry = false;
  double pause = 0;
  std::string_view why;  // "again", or why not: "done" "attempts" "not repeatable" "retry-after" "deadline".
};

// Whether a method may be sent twice without harm (RFC 9110, 9.2.2), e.g. PUT but not POST.
bool IsIdempotent(std::string_view method);

// A status outside of the policy's ends the request, and so does the deadline when the next attempt could
// only begin after it. Pauses are drawn evenly from [0, first_pause · 2^(number - 1)] ("full jitter"). A
// Retry-After is waited for in full, and up to first_pause longer, so that not all who were sent away come
// back at once; one beyond max_pause ends the request: the caller is told when to come back instead of being
// kept waiting.
RetryDecision DecideRetry(const Attempt& attempt, const RetryPolicy& policy);

// A Retry-After (RFC 9110, 10.2.3) as milliseconds from `now`; 0 when it is over. Nothing when it is
// malformed.
std::optional<double> ParseRetryAfter(std::string_view text, double now);

}  // namespace hawser::http
