#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <string>

#include "http/retry.h"

namespace hawser::http {
namespace {

constexpr double kNow = 1'700'000'000'000;

TEST(RetryAfter, IsSecondsOrADate) {
  EXPECT_EQ(ParseRetryAfter("120", kNow), 120'000);
  EXPECT_EQ(ParseRetryAfter(" 0 ", kNow), 0);
  EXPECT_EQ(ParseRetryAfter("Tue, 14 Nov 2023 22:13:30 GMT", kNow), 10'000);
  EXPECT_EQ(ParseRetryAfter("Fri, 31 Dec 1999 23:59:59 GMT", kNow), 0);
  EXPECT_EQ(ParseRetryAfter("99999999999999999999", kNow), 2147483648000.0);
  for (const char* text : {"", "-1", "1.5", "soon", "1 s", "+1"})
    EXPECT_EQ(ParseRetryAfter(text, kNow), std::nullopt) << text;
}

TEST(Retry, FollowsThePolicy) {
  struct Case {
    const char* name;
    Attempt attempt;
    RetryPolicy policy;
    const char* why;
  };
  const Case cases[] = {
      {"fine", {.method = "GET", .status = 200}, {}, "done"},
      {"not found", {.method = "GET", .status = 404}, {}, "done"},
      {"unavailable", {.method = "GET", .status = 503}, {}, "again"},
      {"the network", {.method = "GET", .failed = true}, {}, "again"},
      {"the third attempt", {.method = "GET", .number = 3, .status = 503}, {}, "attempts"},
      {"no attempts", {.method = "GET", .status = 503}, {.attempts = 0}, "attempts"},
      {"PUT", {.method = "PUT", .status = 503}, {}, "again"},
      {"DELETE", {.method = "DELETE", .failed = true}, {}, "again"},
      {"POST", {.method = "POST", .status = 503}, {}, "not repeatable"},
      {"PATCH after the network", {.method = "PATCH", .failed = true}, {}, "not repeatable"},
      {"POST that may be repeated", {.method = "POST", .status = 503}, {.repeatable = true}, "again"},
      {"GET that may not", {.method = "GET", .status = 503}, {.repeatable = false}, "not repeatable"},
      {"another status", {.method = "GET", .status = 418}, {.statuses = {418}}, "again"},
      {"asks for too long", {.method = "GET", .status = 503, .retry_after = "31"}, {}, "retry-after"},
      {"asks for just so long", {.method = "GET", .status = 503, .retry_after = "30"}, {}, "again"},
      {"the deadline",
       {.method = "GET", .status = 503, .retry_after = "2", .now = 0, .deadline = 2000},
       {},
       "deadline"},
      {"the deadline is over", {.method = "GET", .failed = true, .now = 10, .deadline = 10}, {}, "deadline"},
      {"malformed Retry-After",
       {.method = "GET", .status = 503, .retry_after = "x", .now = 0, .deadline = 2000},
       {},
       "again"},
  };
  for (const Case& one : cases) {
    const RetryDecision decision = DecideRetry(one.attempt, one.policy);
    EXPECT_EQ(decision.why, one.why) << one.name;
    EXPECT_EQ(decision.retry, decision.why == "again") << one.name;
    if (!decision.retry) {
      EXPECT_EQ(decision.pause, 0) << one.name;
    }
  }
}

TEST(Retry, DrawsPausesFromWideningRanges) {
  const auto pause = [](int number, double random) {
    return DecideRetry({.method = "GET", .number = number, .status = 503, .random = random},
                       {.attempts = 100})
        .pause;
  };
  EXPECT_EQ(pause(1, 0), 0);
  EXPECT_EQ(pause(1, 0.5), 125);
  EXPECT_EQ(pause(2, 0.5), 250);
  EXPECT_EQ(pause(3, 0.5), 500);
  EXPECT_EQ(pause(8, 0.5), 15'000);
  EXPECT_EQ(pause(99, 0.5), 15'000);
}

TEST(Retry, SurvivesNumbersThatAreNone) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double odd : {nan, infinity, -infinity, -1.0, 1e308}) {
    const RetryDecision decision =
        DecideRetry({.method = "GET", .status = 503, .retry_after = "1", .random = odd},
                    {.first_pause = odd, .max_pause = 30'000});
    EXPECT_TRUE(decision.retry);
    EXPECT_GE(decision.pause, 1000);
    EXPECT_LE(decision.pause, 31'000 + 30'000);
  }
}

// A server with faults and a clock that only pauses move: what the caller does, step by step, against what
// the policy promises.
TEST(Retry, KeepsItsPromisesAgainstAnyServer) {
  std::mt19937_64 random(7);
  const auto draw = [&](double most) { return std::uniform_real_distribution<double>(0, most)(random); };
  for (int round = 0; round < 20'000; round++) {
    RetryPolicy policy{
        .attempts = static_cast<int>(draw(6)), .first_pause = draw(1000), .max_pause = draw(60'000)};
    const std::string method = draw(1) < 0.5 ? "GET" : "POST";
    if (draw(1) < 0.3) policy.repeatable = draw(1) < 0.5;
    const double start = kNow;
    const double deadline = draw(1) < 0.5 ? start + draw(20'000) : std::numeric_limits<double>::infinity();
    double now = start;
    int attempts = 0;
    for (;;) {
      attempts++;
      now += draw(500);  // The attempt itself.
      const int kind = static_cast<int>(draw(5));
      std::string header =
          draw(1) < 0.5 ? "Tue, 14 Nov 2023 22:13:35 GMT" : std::to_string(static_cast<int>(draw(40)));
      Attempt attempt{
          .method = method, .number = attempts, .now = now, .deadline = deadline, .random = draw(1)};
      if (kind == 0) attempt.failed = true;
      if (kind > 0) attempt.status = kind == 1 ? 200 : kind == 2 ? 400 : kind == 3 ? 429 : 503;
      if (kind >= 3 && draw(1) < 0.5) attempt.retry_after = header;
      const RetryDecision decision = DecideRetry(attempt, policy);
      const bool repeatable = policy.repeatable.value_or(method == "GET");
      const bool fault = kind == 0 || kind >= 3;
      if (!decision.retry) {
        const auto asked = attempt.retry_after ? ParseRetryAfter(*attempt.retry_after, now) : std::nullopt;
        const double least = asked.value_or(0);
        const double longest = std::max(least, std::ldexp(policy.first_pause, attempts)) + policy.first_pause;
        ASSERT_TRUE(!fault || !repeatable || attempts >= policy.attempts || least > policy.max_pause ||
                    now + longest >= deadline);
        break;
      }
      ASSERT_TRUE(fault && repeatable && attempts < policy.attempts);
      ASSERT_GE(decision.pause, 0);
      ASSERT_LE(decision.pause, policy.max_pause + policy.first_pause);
      if (attempt.retry_after) {
        ASSERT_GE(decision.pause, *ParseRetryAfter(*attempt.retry_after, now));
      } else {
        ASSERT_LE(decision.pause, std::ldexp(policy.first_pause, attempts - 1));
      }
      now += decision.pause;
      ASSERT_LT(now, deadline);
    }
    ASSERT_LE(attempts, std::max(policy.attempts, 1));
  }
}

}  // namespace
}  // namespace hawser::http
