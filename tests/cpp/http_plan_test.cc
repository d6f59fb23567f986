#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "http/plan.h"
#include "http/variant.h"

namespace hawser::http {
namespace {

using Action = Plan::Action;

constexpr double kStart = 1'700'000'000'000;
constexpr const char* kDate = "Tue, 14 Nov 2023 22:13:20 GMT";

Exchange Stored(Headers response, Headers request = {}) {
  response.push_back({"date", kDate});
  return {.method = "GET",
          .request = std::move(request),
          .status = 200,
          .response = std::move(response),
          .request_time = kStart,
          .response_time = kStart,
          .size = 100};
}

Plan After(double seconds, const Exchange& stored, Headers headers = {}, CacheMode mode = CacheMode::kDefault,
           const char* method = "GET") {
  return PlanFor(
      {.method = method, .headers = std::move(headers), .mode = mode, .now = kStart + seconds * 1000},
      {stored});
}

TEST(Plan, GoesByTheDirectivesOfBothSides) {
  const Headers minute = {{"cache-control", "max-age=60"}, {"etag", "\"a\""}};
  const auto with = [](const char* control) {
    return Headers{{"cache-control", control}, {"etag", "\"a\""}};
  };
  struct Case {
    const char* name;
    double seconds;
    Headers response;
    Headers request;
    Action action;
  };
  const Case cases[] = {
      {"fresh", 59, minute, {}, Action::kUse},
      {"stale", 60, minute, {}, Action::kValidate},
      {"stale, nothing to validate", 60, {{"cache-control", "max-age=60"}}, {}, Action::kFetch},
      {"no-cache", 1, with("no-cache, max-age=60"), {}, Action::kValidate},
      {"must-revalidate, fresh", 1, with("must-revalidate, max-age=60"), {}, Action::kUse},
      {"immutable, stale", 61, with("immutable, max-age=60"), {}, Action::kValidate},
      {"asks no-cache", 1, minute, {{"cache-control", "no-cache"}}, Action::kValidate},
      {"asks by Pragma", 1, minute, {{"pragma", "no-cache"}}, Action::kValidate},
      {"Pragma beside Cache-Control",
       1,
       minute,
       {{"pragma", "no-cache"}, {"cache-control", "x"}},
       Action::kUse},
      {"asks no-store", 1, minute, {{"cache-control", "no-store"}}, Action::kFetch},
      {"asks max-age, young", 10, minute, {{"cache-control", "max-age=10"}}, Action::kUse},
      {"asks max-age, old", 11, minute, {{"cache-control", "max-age=10"}}, Action::kValidate},
      {"asks max-age=0", 0, minute, {{"cache-control", "max-age=0"}}, Action::kValidate},
      {"asks max-age=0 of what is immutable",
       1,
       with("immutable, max-age=60"),
       {{"cache-control", "max-age=0"}},
       Action::kUse},
      {"asks min-fresh", 10, minute, {{"cache-control", "min-fresh=40"}}, Action::kUse},
      {"asks min-fresh, too late", 20, minute, {{"cache-control", "min-fresh=40"}}, Action::kValidate},
      {"takes stale", 600, minute, {{"cache-control", "max-stale"}}, Action::kUse},
      {"takes it a little stale", 70, minute, {{"cache-control", "max-stale=10"}}, Action::kUse},
      {"but not more", 71, minute, {{"cache-control", "max-stale=10"}}, Action::kValidate},
      {"must-revalidate forbids stale",
       61,
       with("max-age=60, must-revalidate"),
       {{"cache-control", "max-stale"}},
       Action::kValidate},
      {"only if cached, fresh", 1, minute, {{"cache-control", "only-if-cached"}}, Action::kUse},
      {"only if cached, stale", 61, minute, {{"cache-control", "only-if-cached"}}, Action::kFail},
      {"If-Match is not for caches", 1, minute, {{"if-match", "\"a\""}}, Action::kFetch},
      {"many ranges are not, either", 1, minute, {{"range", "bytes=0-1,3-4"}}, Action::kFetch},
      {"a condition of the client's own, stale", 61, minute, {{"if-none-match", "\"b\""}}, Action::kFetch},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(After(one.seconds, Stored(one.response), one.request).action, one.action) << one.name;
  }
}

TEST(Plan, GoesByTheModesOfFetch) {
  const Exchange minute = Stored({{"cache-control", "max-age=60"}, {"etag", "\"a\""}});
  EXPECT_EQ(After(1, minute, {}, CacheMode::kNoStore).action, Action::kFetch);
  EXPECT_EQ(After(1, minute, {}, CacheMode::kReload).action, Action::kFetch);
  EXPECT_EQ(After(1, minute, {}, CacheMode::kNoCache).action, Action::kValidate);
  EXPECT_EQ(After(600, minute, {}, CacheMode::kForceCache).action, Action::kUse);
  EXPECT_EQ(After(600, minute, {}, CacheMode::kOnlyIfCached).action, Action::kUse);
  EXPECT_EQ(PlanFor({.method = "GET", .mode = CacheMode::kOnlyIfCached}, {}).action, Action::kFail);
  EXPECT_EQ(PlanFor({.method = "GET", .mode = CacheMode::kForceCache}, {}).action, Action::kFetch);
  const Exchange immutable = Stored({{"cache-control", "max-age=60, immutable"}, {"etag", "\"a\""}});
  EXPECT_EQ(After(1, immutable, {}, CacheMode::kNoCache).action, Action::kUse);
  EXPECT_EQ(After(61, immutable, {}, CacheMode::kNoCache).action, Action::kValidate);
  EXPECT_EQ(After(1, immutable, {}, CacheMode::kReload).action, Action::kFetch);
}

std::string Shown(const Headers& headers) {
  std::string text;
  for (const Header& header : headers)
    text.append(header.name).append(": ").append(header.value).append("\n");
  return text;
}

TEST(Plan, SaysWhatToAsk) {
  const Exchange both =
      Stored({{"cache-control", "max-age=60"}, {"etag", "\"a\""}, {"last-modified", "yesterday"}});
  EXPECT_EQ(Shown(After(61, both).headers), "if-none-match: \"a\"\nif-modified-since: yesterday\n");
  EXPECT_EQ(Shown(After(1, both, {}, CacheMode::kNoCache).headers),
            "cache-control: max-age=0\nif-none-match: \"a\"\nif-modified-since: yesterday\n");
  EXPECT_EQ(Shown(After(1, both, {}, CacheMode::kReload).headers),
            "cache-control: no-cache\npragma: no-cache\n");
  EXPECT_EQ(Shown(After(1, both, {{"cache-control", "x"}}, CacheMode::kReload).headers), "");
}

TEST(Plan, RenewsInTheBackground) {  // RFC 5861, 3
  const Headers headers = {{"cache-control", "max-age=60, stale-while-revalidate=30"}, {"etag", "\"a\""}};
  const Plan fresh = After(59, Stored(headers));
  EXPECT_EQ(fresh.action, Action::kUse);
  EXPECT_FALSE(fresh.background);
  EXPECT_TRUE(fresh.fresh);
  const Plan stale = After(89, Stored(headers));
  EXPECT_EQ(stale.action, Action::kUse);
  EXPECT_TRUE(stale.background);
  EXPECT_FALSE(stale.fresh);
  EXPECT_EQ(stale.age, 89'000);
  EXPECT_EQ(After(90, Stored(headers)).action, Action::kValidate);
  EXPECT_EQ(After(61, Stored(headers), {{"cache-control", "max-age=100"}}).action, Action::kValidate);
  EXPECT_EQ(
      After(61, Stored({{"cache-control", "max-age=60, stale-while-revalidate=30, must-revalidate"}})).action,
      Action::kFetch);
}

TEST(Plan, AnswersConditions) {  // 4.3.2
  const char* modified = "Tue, 14 Nov 2023 20:00:00 GMT";
  const Exchange stored =
      Stored({{"cache-control", "max-age=60"}, {"etag", "\"a\""}, {"last-modified", modified}});
  const auto status = [&](Headers request) { return After(1, stored, std::move(request)).status; };
  EXPECT_EQ(status({}), 200);
  EXPECT_EQ(status({{"if-none-match", "\"a\""}}), 304);
  EXPECT_EQ(status({{"if-none-match", "W/\"a\""}}), 304);
  EXPECT_EQ(status({{"if-none-match", "\"x\", \"a\""}}), 304);
  EXPECT_EQ(status({{"if-none-match", "*"}}), 304);
  EXPECT_EQ(status({{"if-none-match", "\"b\""}}), 200);
  EXPECT_EQ(status({{"if-none-match", "\"b\""}, {"if-modified-since", modified}}), 200);
  EXPECT_EQ(status({{"if-modified-since", modified}}), 304);
  EXPECT_EQ(status({{"if-modified-since", "Tuesday, 14-Nov-23 20:00:00 GMT"}}), 304);
  EXPECT_EQ(status({{"if-modified-since", "Tue, 14 Nov 2023 19:59:59 GMT"}}), 200);
  EXPECT_EQ(status({{"if-modified-since", "junk"}}), 200);
}

TEST(Plan, AnswersRanges) {
  const Exchange stored = Stored({{"cache-control", "max-age=60"}, {"etag", "\"a\""}});
  const auto answer = [&](const char* range, const char* if_range = nullptr) {
    Headers request = {{"range", range}};
    if (if_range) request.push_back({"if-range", if_range});
    const Plan plan = After(1, stored, request);
    return std::to_string(plan.status) + " " + std::to_string(static_cast<int>(plan.range.start)) + "-" +
           std::to_string(static_cast<int>(plan.range.end));
  };
  EXPECT_EQ(answer("bytes=0-9"), "206 0-10");
  EXPECT_EQ(answer("Bytes=90-"), "206 90-100");
  EXPECT_EQ(answer("bytes=-10"), "206 90-100");
  EXPECT_EQ(answer("bytes=-1000"), "206 0-100");
  EXPECT_EQ(answer("bytes=90-1000"), "206 90-100");
  EXPECT_EQ(answer("bytes=100-"), "416 0-0");
  EXPECT_EQ(answer("bytes=-0"), "416 0-0");
  EXPECT_EQ(answer("bytes=0-9", "\"a\""), "206 0-10");
  EXPECT_EQ(answer("bytes=0-9", "\"b\""), "200 0-0");
  EXPECT_EQ(answer("bytes=0-9", "W/\"a\""), "200 0-0");
  for (const char* junk : {"bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=9-0", "lines=0-9", "bytes=0-9x"})
    EXPECT_EQ(answer(junk), "200 0-0") << junk;
}

TEST(Plan, AnswersHead) {
  const Exchange stored = Stored({{"cache-control", "max-age=60"}, {"etag", "\"a\""}});
  EXPECT_EQ(After(1, stored, {}, CacheMode::kDefault, "HEAD").action, Action::kUse);
  EXPECT_EQ(After(61, stored, {}, CacheMode::kDefault, "HEAD").action, Action::kFetch);
  EXPECT_EQ(After(1, stored, {{"range", "bytes=0-1"}}, CacheMode::kDefault, "HEAD").status, 200);
  EXPECT_EQ(After(1, stored, {}, CacheMode::kDefault, "POST").action, Action::kFetch);
}

TEST(Plan, SelectsTheVariant) {  // 4.1
  const auto variant = [](const char* accept, const char* date) {
    Exchange one = Stored({{"vary", "Accept"}, {"cache-control", "max-age=60"}}, {{"accept", accept}});
    one.response.back().value = date;
    return one;
  };
  const std::vector<Exchange> stored = {variant("text/csv", kDate),
                                        variant("text/html", "Tue, 14 Nov 2023 22:13:10 GMT"),
                                        variant("text/html", kDate)};
  EXPECT_EQ(Select(stored, {{"accept", "text/csv"}}), 0);
  EXPECT_EQ(Select(stored, {{"accept", "text/html"}}), 2);
  EXPECT_EQ(Select(stored, {{"accept", "text/plain"}}), -1);
  EXPECT_EQ(Select(stored, {}), -1);
}

TEST(Variants, AgreeInWhatVaryNames) {
  EXPECT_TRUE(VaryMatches("", {{"a", "1"}}, {{"a", "2"}}));
  EXPECT_TRUE(VaryMatches("Foo, Bar", {{"foo", "1"}}, {{"foo", "1"}}));
  EXPECT_TRUE(VaryMatches("FOO", {{"foo", "1,2"}}, {{"foo", "1 , 2"}}));
  EXPECT_FALSE(VaryMatches("foo", {{"foo", "1"}}, {{"foo", "2"}}));
  EXPECT_FALSE(VaryMatches("foo", {{"foo", "1"}}, {}));
  EXPECT_FALSE(VaryMatches("foo", {}, {{"foo", "1"}}));
  EXPECT_FALSE(VaryMatches("foo", {{"foo", "a"}}, {{"foo", "A"}}));
  EXPECT_FALSE(VaryMatches("foo", {{"foo", "1,2"}}, {{"foo", "2,1"}}));
  EXPECT_TRUE(
      VaryMatches("Accept-Language", {{"accept-language", "en, de"}}, {{"accept-language", "EN,De"}}));
  for (const char* vary : {"*", "*, *", ", *", "foo, *"}) EXPECT_FALSE(VaryMatches(vary, {}, {})) << vary;
}

TEST(Variants, KeepUsersApart) {
  const Exchange stored = Stored({{"cache-control", "max-age=60"}}, {{"authorization", "Bearer alice"}});
  EXPECT_TRUE(IsVariantFor(stored, {{"authorization", "Bearer alice"}}));
  EXPECT_FALSE(IsVariantFor(stored, {{"authorization", "Bearer bob"}}));
  EXPECT_FALSE(IsVariantFor(stored, {}));
  EXPECT_FALSE(IsVariantFor(Stored({{"cache-control", "max-age=60"}}), {{"authorization", "Bearer bob"}}));
  EXPECT_TRUE(IsVariantFor(Stored({{"cache-control", "public, max-age=60"}}, {{"authorization", "x"}}), {}));
}

}  // namespace
}  // namespace hawser::http
