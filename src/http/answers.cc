#include "http/answers.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "http/canonical.h"
#include "http/http_date.h"
#include "http/link.h"
#include "http/packed.h"
#include "http/retry.h"

namespace hawser::http {
namespace {

int Integer(double number) { return static_cast<int>(std::clamp(number, -1e6, 1e6)); }

RetryPolicy PolicyOf(const View& tree) {
  RetryPolicy policy;
  policy.attempts = Integer(tree["attempts"].Number(policy.attempts));
  policy.first_pause = tree["firstPause"].Number(policy.first_pause);
  policy.max_pause = tree["maxPause"].Number(policy.max_pause);
  if (tree["repeatable"].exists()) policy.repeatable = tree["repeatable"].Flag();
  const View statuses = tree["statuses"];
  if (!statuses.exists()) return policy;
  policy.statuses.clear();
  for (View rest = statuses.Items(), status; rest.Next(status);)
    policy.statuses.push_back(Integer(status.Number(0)));
  return policy;
}

}  // namespace

std::string AnswerRetry(std::string_view request) {
  const View tree = View::Of(request);
  Attempt attempt;
  attempt.method = tree["method"].Text();
  attempt.number = Integer(tree["attempt"].Number(1));
  attempt.status = Integer(tree["status"].Number(0));
  attempt.failed = tree["failure"].exists();
  if (tree["retryAfter"].exists()) attempt.retry_after = tree["retryAfter"].Text();
  attempt.now = tree["now"].Number(0);
  attempt.deadline = tree["deadline"].Number(std::numeric_limits<double>::infinity());
  attempt.random = tree["random"].Number(0);
  const RetryDecision decision = DecideRetry(attempt, PolicyOf(tree["policy"]));
  Writer answer;
  answer.OpenTable();
  answer.Key("retry").Flag(decision.retry).Key("pause").Number(decision.pause).Key("why").Text(decision.why);
  return answer.Close().Take();
}

std::string AnswerDate(std::string_view request) {
  const View tree = View::Of(request);
  const double now = tree["now"].Number(0);
  const std::string_view text = tree["text"].Text();
  const auto time = tree["retryAfter"].Flag() ? ParseRetryAfter(text, now) : ParseDate(text, now);
  Writer answer;
  answer.OpenTable();
  if (time) answer.Key("time").Number(*time);
  return answer.Close().Take();
}

std::string AnswerLinks(std::string_view request) {
  Writer answer;
  answer.OpenArray();
  for (const Link& link : ParseLinks(View::Of(request)["field"].Text())) {
    answer.OpenTable().Key("target").Text(link.target).Key("parameters").OpenTable();
    for (const LinkParameter& parameter : link.parameters) answer.Key(parameter.name).Text(parameter.value);
    answer.Close().Close();
  }
  return answer.Close().Take();
}

std::string AnswerCanonical(std::string_view request) {
  const View tree = View::Of(request);
  const Headers headers = tree["headers"].AsHeaders();
  std::vector<std::string_view> names;
  for (View rest = tree["signed"].Items(), name; rest.Next(name);) names.push_back(name.Text());
  const CanonicalOptions options{.normalize = tree["normalize"].Flag(),
                                 .double_encode = tree["doubleEncode"].Flag()};
  Writer answer;
  answer.Text(CanonicalRequest(tree["method"].Text(), tree["url"].Text(), headers, names,
                               tree["payloadHash"].Text(), options));
  return answer.Take();
}

}  // namespace hawser::http
