#include "http/answers.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

#include "base/packed.h"
#include "http/canonical.h"
#include "http/http_date.h"
#include "http/link.h"
#include "http/retry.h"
#include "http/tree.h"

namespace hawser::http {
namespace {

using Type = Value::Type;

std::string Packed(Table table) {
  std::string bytes;
  WritePacked(table.Take(), bytes);
  return bytes;
}

Value Read(std::string_view request) { return ReadPacked(request).value_or(Value()); }

RetryPolicy PolicyOf(const Value& tree) {
  RetryPolicy policy;
  policy.attempts = static_cast<int>(std::min(NumberAt(tree, "attempts", policy.attempts), 1e6));
  policy.first_pause = NumberAt(tree, "firstPause", policy.first_pause);
  policy.max_pause = NumberAt(tree, "maxPause", policy.max_pause);
  if (const Value* statuses = tree.Find("statuses"); statuses && statuses->is_array()) {
    policy.statuses.clear();
    for (const Entry& entry : statuses->entries) policy.statuses.push_back(static_cast<int>(entry.value.integer));
  }
  if (tree.Find("repeatable")) policy.repeatable = FlagAt(tree, "repeatable");
  return policy;
}

}  // namespace

std::string AnswerRetry(std::string_view request) {
  const Value tree = Read(request);
  Attempt attempt;
  attempt.method = TextAt(tree, "method");
  attempt.number = static_cast<int>(NumberAt(tree, "attempt", 1));
  attempt.status = static_cast<int>(NumberAt(tree, "status", 0));
  attempt.failed = !TextAt(tree, "failure").empty();
  if (const std::string& text = TextAt(tree, "retryAfter"); !text.empty()) attempt.retry_after = text;
  attempt.now = NumberAt(tree, "now", 0);
  attempt.deadline = NumberAt(tree, "deadline", std::numeric_limits<double>::infinity());
  attempt.random = NumberAt(tree, "random", 0);
  const RetryDecision decision = DecideRetry(attempt, PolicyOf(TableAt(tree, "policy")));
  return Packed(Table().Put("retry", decision.retry).Put("pause", decision.pause).Put("why", decision.why));
}

std::string AnswerDate(std::string_view request) {
  const Value tree = Read(request);
  const double now = NumberAt(tree, "now", 0);
  const std::string& text = TextAt(tree, "text");
  const auto time = FlagAt(tree, "retryAfter") ? ParseRetryAfter(text, now) : ParseDate(text, now);
  Table answer;
  if (time) answer.Put("time", *time);
  return Packed(std::move(answer));
}

std::string AnswerLinks(std::string_view request) {
  List links;
  for (const Link& link : ParseLinks(TextAt(Read(request), "field"))) {
    List rel;
    for (const std::string& type : link.rel) rel.Add(type);
    Table parameters;
    for (const auto& [name, value] : link.parameters) parameters.Put(name, value);
    links.Add(Table().Put("target", link.target).Put("rel", rel.Take()).Put("parameters", parameters.Take()).Take());
  }
  return Packed(std::move(Table().Put("links", links.Take())));
}

std::string AnswerCanonical(std::string_view request) {
  const Value tree = Read(request);
  const Headers headers = HeadersAt(tree, "headers");
  std::vector<std::string> names;
  if (const Value* listed = tree.Find("signed")) {
    for (const Entry& entry : listed->entries) names.push_back(Lower(entry.value.text));
  } else {
    for (const Header& header : headers) names.push_back(header.name);
  }
  const bool s3 = TextAt(tree, "service").starts_with("s3");
  const auto option = [&](const char* name) { return tree.Find(name) ? FlagAt(tree, name) : !s3; };
  return Packed(std::move(Table().Put(
      "text", CanonicalRequest(TextAt(tree, "method"), TextAt(tree, "url"), headers, std::move(names),
                               TextAt(tree, "payloadHash"),
                               {.normalize = option("normalize"), .double_encode = option("doubleEncode")}))));
}

}  // namespace hawser::http
