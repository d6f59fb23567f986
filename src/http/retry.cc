#include "http/retry.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "http/headers.h"
#include "http/http_date.h"

namespace hawser::http {
namespace {

// What cannot be a duration counts as none.
double Duration(double value) { return value > 0 ? value : 0; }

}  // namespace

bool IsIdempotent(std::string_view method) {
  for (const std::string_view name : {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}) {
    if (method == name) return true;
  }
  return false;
}

std::optional<double> ParseRetryAfter(std::string_view text, double now) {
  text = Trim(text);
  if (const auto seconds = ParseSeconds(text)) return *seconds * 1000;
  const auto date = ParseDate(text, now);
  if (!date) return std::nullopt;
  return std::max(0.0, *date - now);
}

RetryDecision DecideRetry(const Attempt& attempt, const RetryPolicy& policy) {
  const bool listed =
      std::find(policy.statuses.begin(), policy.statuses.end(), attempt.status) != policy.statuses.end();
  if (!attempt.failed && !listed) return {.why = "done"};
  if (attempt.number >= policy.attempts) return {.why = "attempts"};
  if (!policy.repeatable.value_or(IsIdempotent(attempt.method))) return {.why = "not repeatable"};

  const double first = Duration(policy.first_pause);
  const double most = Duration(policy.max_pause);
  const double random = std::clamp(attempt.random, 0.0, 1.0);
  double widest = first;
  for (int i = 1; i < attempt.number && widest < most; i++) widest *= 2;
  double pause = 0;
  if (const auto asked = ParseRetryAfter(attempt.retry_after.value_or(std::string_view()), attempt.now)) {
    if (*asked > most) return {.why = "retry-after"};
    pause = *asked;
    widest = first;
  }
  widest = std::min(widest, most);
  if (std::isfinite(widest) && random >= 0) pause += random * widest;
  if (attempt.now + pause >= attempt.deadline) return {.why = "deadline"};
  return {true, pause, "again"};
}

}  // namespace hawser::http
